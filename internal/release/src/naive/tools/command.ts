import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "test-support/root";

const MAIN = join(ROOT, "packages/cli/src/main.ts");
const LONGEST_MS = 180_000;
const MOST_OUTPUT_BYTES = 16_777_216;

/**
 * Runs `mintfax-webhooks` with `--json`, as a process of its own.
 *
 * @param secrets the newest first
 * @returns what it printed, parsed, and whether it exited with 0
 * @throws {Error} where it could not do its work: it then exits with another code than 0 or 1
 */
export function command<T>(
  args: readonly string[],
  secrets: readonly string[],
): Promise<{ readonly isGood: boolean; readonly printed: T }> {
  const env = {
    PATH: process.env.PATH ?? "",
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
    MINTFAX_WEBHOOK_SECRET: secrets.join(" "),
  };
  // Where no `.env` lies about.
  const options = { env, cwd: tmpdir(), timeout: LONGEST_MS, maxBuffer: MOST_OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ["--conditions=source", MAIN, ...args, "--json"],
      options,
      (error, stdout, stderr) => {
        // A program that crashes exits with 1, too, and prints no JSON.
        const isVerdict = stdout !== "" && (error as { code?: unknown } | null)?.code === 1;
        if (error === null || isVerdict) resolve({ isGood: error === null, printed: JSON.parse(stdout) });
        else reject(new Error(`mintfax-webhooks ${args.join(" ")}: ${stderr || error.message}`));
      },
    );
  });
}
