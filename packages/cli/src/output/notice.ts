import { type Colours, coloursFor } from "./colours.ts";
import { columnsOf, wrap } from "./text.ts";

/** An error for people, on standard error. */
export function printError(message: string): void {
  print("error:", message, "red");
}

/** What is worth knowing and stops nothing, on standard error. */
export function printNote(message: string): void {
  print("note:", message, "yellow");
}

function print(label: string, message: string, colour: keyof Pick<Colours, "red" | "yellow">): void {
  const { stderr } = process;
  // Where it is no terminal, a message stays one line, which a log can be searched for.
  const width = stderr.isTTY ? columnsOf(stderr) : Number.POSITIVE_INFINITY;
  const text = wrap(message.trim(), label.length + 1, width).trimStart();
  stderr.write(`${coloursFor(stderr)[colour](label)} ${text}\n`);
}
