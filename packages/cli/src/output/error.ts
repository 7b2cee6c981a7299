import { coloursFor } from "./colours.ts";
import { wrap } from "./text.ts";

const LABEL = "error:";

/** An error for people, on standard error. */
export function printError(message: string): void {
  const text = wrap(message.trim(), LABEL.length + 1).trimStart();
  process.stderr.write(`${coloursFor(process.stderr).red(LABEL)} ${text}\n`);
}
