import { execFile } from "node:child_process";

const LINES_OF_A_FAULT = 40;
/** To end what hangs; the longest of them takes a minute on a busy machine. */
const LIMIT_MS = 600_000;

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end. Resolves with its output; rejects with the last lines of it where it fails. */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      { ...options, maxBuffer: 64 * 1024 * 1024, timeout: LIMIT_MS },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const lines = (stdout + stderr).trim().split("\n").slice(-LINES_OF_A_FAULT);
        reject(new Error([`${file} ${args.join(" ")}: ${error.code ?? error.signal}`, ...lines].join("\n")));
      },
    );
  });
}
