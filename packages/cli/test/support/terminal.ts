import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe } from "vitest";
import { COMPILED, emptyDirectory, MAIN, SECRET } from "./cli.ts";

/** The `script` of util-linux makes a terminal. On macOS and BSD `script` takes other options. */
const HAS_TERMINALS =
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

/** A suite at a terminal. Where there is none, it is skipped, and its title says why; under `CI=true` it fails. */
export function describeAtTerminal(title: string, define: () => void): void {
  const isSkipped = !HAS_TERMINALS && process.env.CI !== "true";
  describe.skipIf(isSkipped)(`${title} (needs \`script\` of util-linux)`, define);
}

/** A style, or a move of readline's. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what both begin with
const CONTROL = /\u001b\[\d+[mGJ]/g;

interface Settings {
  /** Default: 80. */
  readonly columns?: number;
  /** Default: the secret, in its variable. */
  readonly env?: Readonly<Record<string, string>>;
  /** What to do once this was printed. */
  readonly when?: readonly [printed: string, act: (type: (keys: string) => void) => void];
}

/** Runs a command at a terminal to its end. `shown` is all it wrote there, `text` the same without styles and moves of the cursor. */
export async function cliAtTerminal(
  args: readonly string[],
  { columns = 80, env = { MINTFAX_WEBHOOK_SECRET: SECRET }, when }: Settings = {},
): Promise<{ code: number; shown: string; text: string }> {
  const command = [process.execPath, "--conditions=source", MAIN, ...args]
    .map((word) => `'${word}'`)
    .join(" ");
  const terminal = spawn("script", ["-qec", `stty cols ${columns}; ${command}`, "/dev/null"], {
    cwd: emptyDirectory(),
    env: { PATH: process.env.PATH ?? "", ...COMPILED, TERM: "xterm", SHELL: "/bin/sh", ...env },
  });
  let shown = "";
  terminal.stdout.setEncoding("utf8").on("data", (piece: string) => {
    const isNews = when !== undefined && !shown.includes(when[0]);
    shown += piece;
    if (isNews && shown.includes(when[0])) when[1]((keys) => terminal.stdin.write(keys));
  });
  const [code] = await once(terminal, "close");
  return { code, shown, text: shown.replace(CONTROL, "").replaceAll("\r\n", "\n") };
}
