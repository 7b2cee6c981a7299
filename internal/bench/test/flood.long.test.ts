import { join } from "node:path";
import { runProgram } from "test-support/run-program";
import { expect, test } from "vitest";

/** Far more than it takes on a busy machine; to end what hangs. */
const TIMEOUT_MS = 600_000;

const MAIN = join(import.meta.dirname, "../src/flood/main.ts");

// Threat: T06
test(
  "a short flood: no store call for what is forged, and no good delivery lost",
  async () => {
    const { code, output } = await runProgram(MAIN, "--seconds", "6");
    console.log(output);
    expect(output).toContain("Store calls for them: 0; handler runs: 0.");
    expect(code, output).toBe(0);
  },
  TIMEOUT_MS,
);

// A test that cannot fail is a defect: what it looks for is put there once.
test(
  "the flood finds a server that acts before it has verified",
  async () => {
    const { code, output } = await runProgram(MAIN, "--seconds", "1", "--plant");
    expect(output).toMatch(/^broken: \d+ store calls for forged requests/m);
    expect(code).toBe(1);
  },
  TIMEOUT_MS,
);
