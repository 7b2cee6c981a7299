import { execFile } from "node:child_process";
import { join } from "node:path";
import { runSize } from "test-support/run-size";
import { expect, test } from "vitest";

/** Far more than it takes on a busy machine; to end what hangs. */
const TIMEOUT_MS = 600_000;

function run(main: string, ...args: string[]): Promise<{ readonly code: unknown; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=source", join(import.meta.dirname, "../src", main), ...args],
      { maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

const CASES = runSize(300, 3_000);

// Threat: T01, T11, T19
test(
  `${CASES} broken and changed requests: no server breaks, no request gets in, no client waits for ever`,
  async () => {
    const { code, output } = await run("fuzz/main.ts", "--cases", String(CASES));
    console.log(output);
    expect(output).toContain(`${CASES.toLocaleString("en")} connections`);
    expect(code, output).toBe(0);
  },
  TIMEOUT_MS,
);

// A test that cannot fail is a defect: what it looks for is put there once.
test(
  "the fuzzer finds a server that acts before it has verified",
  async () => {
    const { code, output } = await run("fuzz/main.ts", "--cases", "300", "--plant");
    expect(output).toMatch(/^broken: .*: the handler ran for/m);
    expect(code).toBe(1);
  },
  TIMEOUT_MS,
);
