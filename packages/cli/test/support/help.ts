import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { vi } from "vitest";
import { createProgram } from "../../src/program.ts";

/** Every command of the program, and the program itself. */
export const COMMANDS: readonly { readonly name: string; readonly words: readonly string[] }[] = pathsOf(
  createProgram(),
).map((words) => ({ name: ["mintfax-webhooks", ...words].join(" "), words }));

function pathsOf(command: Command, path: readonly string[] = []): (readonly string[])[] {
  return [path, ...command.commands.flatMap((each) => pathsOf(each, [...path, each.name()]))];
}

/** The help of a command, as a process prints it at a terminal of so many columns, without colours. */
export function helpOf(words: readonly string[], columns: number): string {
  const { stdout } = process;
  const own = Object.getOwnPropertyDescriptor(stdout, "columns");
  Object.defineProperty(stdout, "columns", { value: columns, configurable: true });
  const write = vi.spyOn(stdout, "write").mockReturnValue(true);
  try {
    let command = createProgram();
    for (const word of words) command = command.commands.find((each) => each.name() === word) as Command;
    command.outputHelp();
    return stripVTControlCharacters(write.mock.calls.map(([text]) => text).join(""));
  } finally {
    write.mockRestore();
    if (own === undefined) Reflect.deleteProperty(stdout, "columns");
    else Object.defineProperty(stdout, "columns", own);
  }
}
