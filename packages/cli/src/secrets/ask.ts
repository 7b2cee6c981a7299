import { read } from "read";
import { EXIT } from "../exit-codes.ts";
import { printError } from "../output/notice.ts";
import { UsageError } from "../usage-error.ts";

/**
 * Asks for a secret at the terminal; what is typed is not shown.
 *
 * @param what is asked for: `Signing secret (whsec_...`
 * @param notGiven what to say where the question was not answered
 * @throws {UsageError} where it was not answered
 */
export async function askHidden(what: string, notGiven: string): Promise<string> {
  /** At Ctrl-D `read` never settles, and the process ends because no work is left. */
  const endedHere = (): void => {
    process.stderr.write("\n");
    printError(notGiven);
    process.exitCode = EXIT.usage;
  };
  process.once("exit", endedHere);
  try {
    // On standard error: standard output is for the command's result.
    const answer = await read({ prompt: `${what}, not shown): `, silent: true, output: process.stderr });
    if (answer.trim() !== "") return answer;
  } catch {
    // Ctrl-C.
  } finally {
    process.off("exit", endedHere);
    process.stderr.write("\n");
  }
  throw new UsageError(notGiven);
}
