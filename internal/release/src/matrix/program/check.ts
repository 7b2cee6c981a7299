/** What the program is told about where it should find itself. */
export interface Expected {
  readonly runtime: "node" | "bun" | "deno" | "workerd";
  /** Empty for workerd, which does not tell its own. */
  readonly version: string;
  readonly hmac: "node:crypto" | "Web Crypto";
  /** Whether `node:` modules can be had. */
  readonly nodeModules: boolean;
}

/** A row of the matrix. */
export interface Check {
  readonly name: string;
  /** Throws where it does not hold. */
  run(expected: Expected): Promise<void>;
}

/** What became of a check. */
export interface Result {
  readonly name: string;
  /** What does not hold; left out where all is well. */
  readonly fault?: string;
}

// Not node:assert: this runs where there is no Node.
export function equal(actual: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a}; expected ${b}`);
}

/** Runs checks one after the other: side by side they would share a machine's time, and a deadline is among them. */
export async function runChecks(checks: readonly Check[], expected: Expected): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, run } of checks) {
    try {
      await run(expected);
      results.push({ name });
    } catch (error) {
      results.push({ name, fault: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}
