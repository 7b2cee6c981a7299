import { read } from "read";
import { UsageError } from "../usage-error.ts";

/**
 * Asks at the terminal.
 *
 * @throws {UsageError} where the answer is not yes, or standard input is not a terminal
 */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UsageError(`${question} Add --yes, since there is no terminal to ask at.`);
  let answer = "";
  try {
    answer = await read({ prompt: `${question} [y/N] `, output: process.stderr });
  } catch {
    // Ctrl-C.
    process.stderr.write("\n");
  }
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new UsageError("Nothing was changed.");
}
