import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { afterAll, describe, expect, test } from "vitest";
import { play, RECEIVERS, sorted } from "../src/naive/play.ts";
import { type Played, tableOf } from "../src/naive/table.ts";

const played = new Map<string, Played[1]>();

afterAll(() => {
  const folder = join(ROOT, "artifacts");
  mkdirSync(folder, { recursive: true });
  const rows = RECEIVERS.map(
    ({ name, missing }): Played => [name, played.get(name) ?? missing ?? "it failed"],
  );
  writeFileSync(join(folder, "naive.txt"), `${tableOf(rows)}\n`);
});

// `pnpm naive` prints the same as a table.
describe.concurrent("trigger, simulate and certify find what they should", () => {
  for (const receiver of RECEIVERS) {
    const { name, missing, expected } = receiver;
    const why = missing === undefined ? "" : ` (skipped: ${missing})`;
    test.skipIf(missing !== undefined)(`at a receiver: ${name}${why}`, { timeout: 300_000 }, async () => {
      const findings = await play(receiver);
      played.set(name, findings);
      expect(sorted(findings)).toEqual(sorted(expected));
    });
  }
});
