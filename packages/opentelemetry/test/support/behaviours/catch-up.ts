import { observeFaxWatch, recordCatchUp } from "@mintfax-webhooks/opentelemetry";
import { describe, expect, test } from "vitest";
import type { Exported } from "../exported.ts";

const STATUS = { expected: 5, owed: 2, oldestOwedSeconds: 61.5, sinceLastEventSeconds: 12 };

export function testCatchUp(exported: Exported): void {
  const valuesOf = async (name: string) =>
    (await exported.points(name)).map(({ value, attributes }) => [value, attributes["mintfax.namespace"]]);

  describe("a fax watch", () => {
    test("is read at each collection, until it is stopped", async () => {
      let reads = 0;
      let status = STATUS;
      const stop = observeFaxWatch({
        namespace: "live",
        status: async () => {
          reads += 1;
          return status;
        },
      });
      expect(await valuesOf("mintfax.fax_watch.expected")).toEqual([[5, "live"]]);
      expect(await valuesOf("mintfax.fax_watch.owed")).toEqual([[2, "live"]]);
      expect(await valuesOf("mintfax.fax_watch.oldest_owed")).toEqual([[61.5, "live"]]);
      expect(await valuesOf("mintfax.fax_watch.last_event_age")).toEqual([[12, "live"]]);
      status = { ...STATUS, owed: 0 };
      expect(await valuesOf("mintfax.fax_watch.owed")).toEqual([[0, "live"]]);
      stop();
      reads = 0;
      await exported.metrics();
      expect(reads).toBe(0);
    });

    test("that has seen no final event has no age of one; one that cannot be read says so", async () => {
      observeFaxWatch({
        namespace: "new",
        status: async () => ({ ...STATUS, sinceLastEventSeconds: undefined }),
      });
      observeFaxWatch({ namespace: "broken", status: () => Promise.reject(new Error("unreachable")) });
      expect(await valuesOf("mintfax.fax_watch.readable")).toEqual([
        [1, "new"],
        [0, "broken"],
      ]);
      expect(await valuesOf("mintfax.fax_watch.owed")).toEqual([[2, "new"]]);
      expect(await valuesOf("mintfax.fax_watch.last_event_age")).toEqual([]);
    });
  });

  test("runs of catch-up are counted by result, and what they repaired", async () => {
    const run = (owed: number, missing: number, complete: boolean, repaired: number): void =>
      recordCatchUp({ complete, owed, events: { repaired }, faxes: { missing } });
    run(0, 0, true, 0);
    run(1, 0, true, 2);
    run(0, 1, false, 0);
    run(0, 0, false, 3);
    recordCatchUp(
      { complete: true, owed: 0, events: { repaired: 0 }, faxes: { missing: 0 } },
      { namespace: "b" },
    );
    const runs = await exported.points("mintfax.catch_up.runs");
    const found = runs
      .filter(({ value }) => value !== 0)
      .map(({ value, attributes }) => [
        attributes["mintfax.namespace"],
        attributes["mintfax.catch_up.result"],
        value,
      ]);
    expect(found).toEqual([
      ["mintfax", "clean", 1],
      ["mintfax", "owes", 2],
      ["mintfax", "incomplete", 1],
      ["b", "clean", 1],
    ]);
    expect(await valuesOf("mintfax.catch_up.repaired")).toEqual([
      [5, "mintfax"],
      [0, "b"],
    ]);
  });
}
