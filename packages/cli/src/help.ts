import type { Command } from "commander";
import picocolors from "picocolors";

// Always painted: commander removes the colours where the output takes none.
export const paint: ReturnType<typeof picocolors.createColors> = picocolors.createColors(true);

/** The examples of a help text: each with its purpose and the line to type. */
export function examples(...pairs: readonly (readonly [purpose: string, line: string])[]): string {
  const lines = pairs.map(([purpose, line]) => `  ${paint.dim(`# ${purpose}`)}\n  ${line}`);
  return `\n${paint.bold("Examples:")}\n${lines.join("\n")}`;
}

/** Adds `--json`, which every command has. */
export function withJsonOption(command: Command): Command {
  return command.option("--json", "print only JSON on standard output");
}
