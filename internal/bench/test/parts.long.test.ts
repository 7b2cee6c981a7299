import { beforeAll, expect, test } from "vitest";
import { PART_NAMES, PARTS } from "../src/parts/index.ts";
import { buildAll } from "../src/processes/build.ts";

/** As little as can be measured: it is about whether every part still runs, and checks its own answers. */
const LEAST = { rounds: 1, seconds: 0.02, runtime: {} };
/** One framework and one size stand for all. */
const FILTERS: Readonly<Record<string, string>> = { http: "koa", verify: "1 kB", refusals: "stale" };

beforeAll(buildAll, 120_000);

test.each(PART_NAMES)(
  "%s",
  async (name) => {
    const { tables } = await PARTS[name]({ ...LEAST, filter: FILTERS[name] ?? "" });
    expect(tables.length).toBeGreaterThan(0);
    for (const { columns, rows } of tables) {
      expect(rows.length).toBeGreaterThan(0);
      for (const { figures } of rows) expect(figures.length).toBe(columns.length);
    }
  },
  180_000,
);
