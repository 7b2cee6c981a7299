import { type Colours, coloursFor } from "./colours.ts";
import { columnsOf, wrap } from "./text.ts";

/** An error for people, on standard error. */
export function printError(message: string): void {
  print("error:", message, "red");
}

/** A note for people, on standard error. The command goes on. */
export function printNote(message: string): void {
  print("note:", message, "yellow");
}

function print(label: string, message: string, colour: keyof Pick<Colours, "red" | "yellow">): void {
  const { stderr } = process;
  // Where standard error is not a terminal, a message stays on one line, so that a log can be searched for it.
  const width = stderr.isTTY ? columnsOf(stderr) : Number.POSITIVE_INFINITY;
  const text = wrap(message.trim(), label.length + 1, width).trimStart();
  stderr.write(`${coloursFor(stderr)[colour](label)} ${text}\n`);
}
