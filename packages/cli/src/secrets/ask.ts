import { read } from "read";
import { EXIT } from "../exit-codes.ts";
import { printError } from "../output/notice.ts";
import { UsageError } from "../usage-error.ts";

const NOT_GIVEN = "No signing secret was given.";

/**
 * Asks for the secret at the terminal; what is typed is not shown.
 *
 * @throws {UsageError} where the question was not answered
 */
export async function askForSecret(): Promise<string> {
  process.once("exit", endedHere);
  try {
    // On standard error: standard output is for the command's result.
    const prompt = "Signing secret (whsec_..., not shown): ";
    const answer = await read({ prompt, silent: true, output: process.stderr });
    if (answer.trim() !== "") return answer;
  } catch {
    // Ctrl-C.
  } finally {
    process.off("exit", endedHere);
    process.stderr.write("\n");
  }
  throw new UsageError(NOT_GIVEN);
}

/** At Ctrl-D `read` never settles, and the process ends because no work is left. */
function endedHere(): void {
  process.stderr.write("\n");
  printError(NOT_GIVEN);
  process.exitCode = EXIT.usage;
}
