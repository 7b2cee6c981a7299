import { join } from "node:path";
import { runProgram } from "test-support/run-program";
import { runSize } from "test-support/run-size";
import { expect, test } from "vitest";

/** Far more than it takes on a busy machine; to end what hangs. */
const TIMEOUT_MS = 600_000;

const MAIN = join(import.meta.dirname, "../src/fuzz/main.ts");

const CASES = runSize(300, 3_000);

// Threat: T01, T11, T19
test(
  `${CASES} broken and changed requests: no server breaks, no request gets in, no client waits for ever`,
  async () => {
    const { code, output } = await runProgram(MAIN, "--cases", String(CASES));
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
    const { code, output } = await runProgram(MAIN, "--cases", "300", "--plant");
    expect(output).toMatch(/^broken: .*: the handler ran for/m);
    expect(code).toBe(1);
  },
  TIMEOUT_MS,
);
