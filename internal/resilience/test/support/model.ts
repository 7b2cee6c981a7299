import { execFile } from "node:child_process";
import { join } from "node:path";

/** Far more than it takes on a busy machine; to end what hangs. */
export const TIMEOUT_MS = 900_000;

export const NO_ENGINE: readonly string[] = ["--interleavings", "0"];
export const NO_HAND_OFF: readonly string[] = ["--hand-offs", "0"];
export const NO_STORES: readonly string[] = ["--stores", "0"];

/** Of its own process, since it replaces every clock and timer. */
export function model(...args: string[]): Promise<{ readonly code: unknown; readonly output: string }> {
  const main = join(import.meta.dirname, "../../src/model/main.ts");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=source", main, ...args],
      { maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}
