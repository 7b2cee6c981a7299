import { createMemoryStore } from "@mintfax-webhooks/core";
import { ConfigurationError, type FaxWatchDatabase, faxWatchOn } from "@mintfax-webhooks/core/store";
import { eventFixture } from "@mintfax-webhooks/testing";
import { CONTEXT, finalEventOf, HOUR_MS, idsOf, testFaxWatch } from "conformance/fax-watch";
import { describe, expect, test, vi } from "vitest";
import { createMemoryFaxWatch, MemoryFaxWatchDatabase } from "../support/memory-fax-watch.ts";

describe("a fax watch on a database in memory", () => {
  testFaxWatch({
    newTable() {
      const table = new Map();
      const store = createMemoryStore();
      return { watch: (options = {}) => createMemoryFaxWatch({ table, ...options }), store: () => store };
    },
    foreign: { transactions: () => [null, {}, 7, "tx"], message: "takes no transaction as `tx`" },
    create: (options) => createMemoryFaxWatch({ table: new Map(), ...options }),
    wrongDatabase: [{ table: {} }, "table is not a Map"],
  });
});

/** A watch on a database whose calls are seen. */
function watched(namespace = "n") {
  const database: FaxWatchDatabase = new MemoryFaxWatchDatabase(new Map(), namespace);
  const seen = {
    expect: vi.spyOn(database, "expect"),
    end: vi.spyOn(database, "end"),
    page: vi.spyOn(database, "page"),
  };
  return { watch: faxWatchOn(database), database, seen };
}

describe("what the database of an author's store is asked for", () => {
  test("the watch has the database's namespace", () => {
    expect(watched("clinic").watch.namespace).toBe("clinic");
  });

  test("the caller's transaction comes with what is to be expected in it", async () => {
    const { watch, seen } = watched();
    const [by, tx] = [new Date(), {}];
    seen.expect.mockResolvedValue();
    await watch.expect("fax_1", { by, tx });
    expect(seen.expect.mock.calls).toEqual([["fax_1", by, tx]]);
    expect(seen.expect.mock.calls[0]?.[2]).toBe(tx);
  });

  test("the handler's transaction comes with what is to be settled in it; a dismissal has none", async () => {
    const { watch, seen } = watched();
    const tx = {};
    seen.end.mockResolvedValue();
    await watch.settle(finalEventOf("fax_1"), { ...CONTEXT, tx });
    await watch.dismiss("fax_2");
    expect(seen.end.mock.calls).toEqual([
      ["fax_1", "settled", tx],
      ["fax_2", "dismissed", undefined],
    ]);
    expect(seen.end.mock.calls[0]?.[2]).toBe(tx);
  });

  test("a fax is expected within an hour, unless the caller says when", async () => {
    const { watch, seen } = watched();
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    try {
      await watch.expect("fax_1");
    } finally {
      vi.useRealTimers();
    }
    expect(seen.expect).toHaveBeenCalledWith("fax_1", new Date(1_800_000_000_000 + HOUR_MS), undefined);
  });

  test("what is outstanding is read by 500, each page after the last fax of the one before", async () => {
    const { watch, seen } = watched();
    for (let n = 0; n < 1_000; n += 1) await watch.expect(`fax_${n}`, { by: new Date(n) });
    const olderThan = new Date(HOUR_MS);
    expect(await idsOf(watch.outstanding({ olderThan }))).toHaveLength(1_000);
    expect(seen.page.mock.calls).toMatchObject([
      [500, olderThan, undefined],
      [500, olderThan, { id: "fax_499" }],
      [500, olderThan, { id: "fax_999" }],
    ]);
  });

  test("a page that is not full is the last one", async () => {
    const { watch, seen } = watched();
    for (const id of ["fax_1", "fax_2"]) await watch.expect(id, { by: new Date(0) });
    expect(await idsOf(watch.outstanding())).toEqual(["fax_1", "fax_2"]);
    expect(seen.page).toHaveBeenCalledTimes(1);
  });

  test("a reader that stops early reads no further page", async () => {
    const { watch, seen } = watched();
    for (let n = 0; n < 501; n += 1) await watch.expect(`fax_${n}`, { by: new Date(n) });
    for await (const _ of watch.outstanding()) break;
    expect(seen.page).toHaveBeenCalledTimes(1);
  });

  test("an error of the database reaches the caller as it is", async () => {
    const { watch, database, seen } = watched();
    const error = new Error("gone");
    for (const call of Object.values(seen)) call.mockRejectedValue(error);
    vi.spyOn(database, "status").mockRejectedValue(error);
    await expect(watch.expect("fax_1")).rejects.toBe(error);
    await expect(watch.settle(finalEventOf("fax_1"), CONTEXT)).rejects.toBe(error);
    await expect(watch.dismiss("fax_1")).rejects.toBe(error);
    await expect(idsOf(watch.outstanding())).rejects.toBe(error);
    await expect(watch.status()).rejects.toBe(error);
  });
});

describe("what never reaches the database", () => {
  test.each([null, 7, "context"])("an event that is settled with %j for a context", async (context) => {
    const { watch, seen } = watched();
    // An event that is not final is refused, too: the mistake shows with the first one.
    for (const event of [finalEventOf("fax_1"), eventFixture("fax.queued")]) {
      const settled = watch.settle(event as never, context as never);
      await expect(settled).rejects.toHaveProperty("code", "option_invalid");
      await expect(settled).rejects.toThrow(
        "expected the handler's context: await watch.settle(event, context).",
      );
    }
    expect(seen.end).not.toHaveBeenCalled();
  });

  const TOO_LONG = "x".repeat(257);

  test.each([7, null, "", "fax 1", "fax_1\n", "\x7f", "fäx", TOO_LONG])(
    "an id that cannot be one: %j",
    async (id) => {
      const { watch, seen } = watched();
      for (const refused of [watch.expect(id as never), watch.dismiss(id as never)]) {
        await expect(refused).rejects.toBeInstanceOf(ConfigurationError);
        await expect(refused).rejects.toHaveProperty("code", "option_invalid");
        await expect(refused).rejects.toThrow(
          /the id of a fax as mintfax gives it: 1 to 256 visible ASCII characters\.$/,
        );
      }
      await watch.settle(finalEventOf(id as never), CONTEXT);
      expect([seen.expect.mock.calls, seen.end.mock.calls]).toEqual([[], []]);
    },
  );

  test("the longest id, of the first and the last character, does reach it", async () => {
    const { watch, seen } = watched();
    const id = `!${"x".repeat(254)}~`;
    await watch.expect(id);
    await watch.settle(finalEventOf(id), CONTEXT);
    expect(seen.end).toHaveBeenCalledWith(id, "settled", undefined);
  });

  test.each([
    ["today", "olderThan is a string; expected a Date."],
    [new Date(Number.NaN), "olderThan is an invalid Date; expected a Date."],
  ])("`olderThan` that is not a time: %s", (olderThan, message) => {
    const { watch, seen } = watched();
    const outstanding = () => watch.outstanding({ olderThan: olderThan as never });
    expect(outstanding).toThrow(expect.objectContaining({ code: "option_invalid", message }));
    expect(seen.page).not.toHaveBeenCalled();
  });
});
