import { execFile } from "node:child_process";

/** What a program has printed, on either stream, and its exit code. */
export interface ProgramResult {
  readonly code: unknown;
  readonly output: string;
}

/** Runs a program of this repository on its sources, to its end. Never rejects. */
export function runProgram(path: string, ...args: readonly string[]): Promise<ProgramResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=source", path, ...args],
      { maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}
