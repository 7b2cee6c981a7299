import type { Command } from "commander";
import picocolors from "picocolors";

// Painted always: commander takes the colours out where there are to be none.
export const paint: ReturnType<typeof picocolors.createColors> = picocolors.createColors(true);

/** The part of a help text that teaches by example: what for, and what to type. */
export function examples(...pairs: readonly (readonly [purpose: string, line: string])[]): string {
  const lines = pairs.map(([purpose, line]) => `  ${paint.dim(`# ${purpose}`)}\n  ${line}`);
  return `\n${paint.bold("Examples:")}\n${lines.join("\n")}`;
}

/** Adds `--json`, which every command has. */
export function withJsonOption(command: Command): Command {
  return command.option("--json", "print JSON on standard output, and nothing else there");
}
