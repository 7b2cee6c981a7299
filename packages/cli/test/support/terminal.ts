import { spawn } from "node:child_process";
import { once } from "node:events";
import { emptyDirectory, MAIN, SECRET } from "./cli.ts";

/** `script` of util-linux makes a terminal; on other systems it takes other options. */
export const HAS_TERMINALS: boolean = process.platform === "linux";

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a style begins with
const STYLE = /\u001b\[\d+m/g;

interface Settings {
  /** Default: 80. */
  readonly columns?: number;
  /** Default: the secret, in its variable. */
  readonly env?: Readonly<Record<string, string>>;
  /** What to do once this was printed. */
  readonly when?: readonly [printed: string, act: (type: (keys: string) => void) => void];
}

/** Runs a command at a terminal to its end. `shown` is all it wrote there, `text` the same without styles. */
export async function cliAtTerminal(
  args: readonly string[],
  { columns = 80, env = { MINTFAX_WEBHOOK_SECRET: SECRET }, when }: Settings = {},
): Promise<{ code: number; shown: string; text: string }> {
  const command = [process.execPath, "--conditions=source", MAIN, ...args]
    .map((word) => `'${word}'`)
    .join(" ");
  const terminal = spawn("script", ["-qec", `stty cols ${columns}; ${command}`, "/dev/null"], {
    cwd: emptyDirectory(),
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", SHELL: "/bin/sh", ...env },
  });
  let shown = "";
  terminal.stdout.setEncoding("utf8").on("data", (piece: string) => {
    const isNews = when !== undefined && !shown.includes(when[0]);
    shown += piece;
    if (isNews && shown.includes(when[0])) when[1]((keys) => terminal.stdin.write(keys));
  });
  const [code] = await once(terminal, "close");
  return { code, shown, text: shown.replace(STYLE, "").replaceAll("\r\n", "\n") };
}
