import { createInterface } from "node:readline";
import { UsageError } from "../usage-error.ts";

/**
 * Asks at the terminal.
 *
 * @throws {UsageError} where the answer is not yes, or standard input is not a terminal
 */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new UsageError(`${question} Add --yes, since there is no terminal to ask at.`);
  }
  if (!/^y(?:es)?$/i.test(await answerTo(`${question} [y/N] `))) throw new UsageError("Nothing was changed.");
}

/** Empty at Ctrl-C and Ctrl-D. */
function answerTo(question: string): Promise<string> {
  return new Promise((resolve) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    terminal.once("close", () => {
      process.stderr.write("\n");
      resolve("");
    });
    terminal.question(question, (answer) => {
      resolve(answer.trim());
      terminal.close();
    });
  });
}
