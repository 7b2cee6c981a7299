import { read } from "read";
import { UsageError } from "../usage-error.ts";

/**
 * Asks for the secret at the terminal; what is typed is not shown.
 *
 * @throws {UsageError} where the question was not answered
 */
export async function askForSecret(): Promise<string> {
  try {
    // On standard error: standard output is for what the command says.
    return await read({
      prompt: "Signing secret (whsec_..., not shown): ",
      silent: true,
      output: process.stderr,
    });
  } catch {
    throw new UsageError("No signing secret was given.");
  } finally {
    process.stderr.write("\n");
  }
}
