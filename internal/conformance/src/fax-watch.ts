import type { EventOf, LeaseStore } from "@mintfax-webhooks/core";
import type { FaxWatch } from "@mintfax-webhooks/core/store";
import { eventFixture } from "@mintfax-webhooks/testing";
import { attempt, receiving } from "test-support/receiving";
import { describe, expect, test } from "vitest";

export const HOUR_MS = 3_600_000;
/** The handler's context in a store without transactions. */
export const CONTEXT: { readonly signal: AbortSignal } = { signal: new AbortController().signal };

export function ago(ms: number): Date {
  return new Date(Date.now() - ms);
}

export function finalEventOf(
  id: string,
  type: "fax.delivered" | "fax.failed" = "fax.delivered",
): EventOf<"fax.delivered" | "fax.failed"> {
  return eventFixture(type, { data: { object: { id } } });
}

export async function idsOf(faxes: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of faxes) ids.push(id);
  return ids;
}

/** A table of faxes that is empty at first. What is opened on it is closed when the test ends. */
export interface FaxTable {
  /** A watch on a connection of its own, as another process has it. */
  watch(options?: { readonly namespace?: string }): FaxWatch;
  /** A lease store of the same database. */
  store(): LeaseStore;
}

/** The fax watch of one database, for {@link testFaxWatch}. */
export interface FaxWatchTarget {
  newTable(): FaxTable;
  /** A receiver's context with one of these as `tx` is refused, with this part of the message. */
  readonly foreign: { readonly transactions: () => readonly unknown[]; readonly message: string };
  /** `createFaxWatch`, with a database that is there unless the options say otherwise. */
  create(options: object): unknown;
  /** Options with a database that cannot be one, and a part of the message. */
  readonly wrongDatabase: readonly [options: object, message: string];
}

/** What every fax watch promises. */
export function testFaxWatch(target: FaxWatchTarget): void {
  describe("what owes a final event", () => {
    test("a fax is owed from `by` on, an hour later by default, until its final event", async () => {
      const watch = target.newTable().watch();
      await watch.expect("fax_later");
      await watch.expect("fax_failed", { by: ago(2_000) });
      await watch.expect("fax_delivered", { by: ago(1_000) });
      const before = await watch.status();
      expect(before).toMatchObject({ expected: 3, owed: 2, sinceLastEventSeconds: undefined });
      expect(before.oldestOwedSeconds).toBeGreaterThanOrEqual(2);
      expect(await idsOf(watch.outstanding())).toEqual(["fax_failed", "fax_delivered"]);
      const inAnHour = await idsOf(watch.outstanding({ olderThan: new Date(Date.now() + HOUR_MS + 1_000) }));
      expect(inAnHour).toEqual(["fax_failed", "fax_delivered", "fax_later"]);

      await watch.settle(finalEventOf("fax_failed", "fax.failed"), CONTEXT);
      await watch.settle(finalEventOf("fax_delivered"), CONTEXT);
      const after = await watch.status();
      expect(after).toMatchObject({ expected: 1, owed: 0, oldestOwedSeconds: 0 });
      expect(after.sinceLastEventSeconds).toBeLessThan(60);
      expect(await idsOf(watch.outstanding())).toEqual([]);
    });

    test.each(["fax.queued", "fax.sending"] as const)(
      "%s settles nothing, before and after",
      async (type) => {
        const watch = target.newTable().watch();
        await watch.expect("fax_1", { by: ago(1_000) });
        const event = eventFixture(type, { data: { object: { id: "fax_1" } } });
        await watch.settle(event, CONTEXT);
        expect(await idsOf(watch.outstanding())).toEqual(["fax_1"]);
        await watch.settle(finalEventOf("fax_1"), CONTEXT);
        await watch.settle(event, CONTEXT);
        expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
      },
    );

    test("an event that comes before its fax is expected is remembered", async () => {
      const watch = target.newTable().watch();
      await watch.settle(finalEventOf("fax_1"), CONTEXT);
      await watch.expect("fax_1", { by: ago(1_000) });
      expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
    });

    test("a fax that is expected twice keeps its first `by`; a second final event changes nothing", async () => {
      const watch = target.newTable().watch();
      await watch.expect("fax_1", { by: ago(5_000) });
      await watch.expect("fax_1", { by: new Date(Date.now() + HOUR_MS) });
      await watch.expect("fax_1", { by: ago(60_000) });
      expect(await idsOf(watch.outstanding({ olderThan: ago(4_000) }))).toEqual(["fax_1"]);
      expect((await watch.status()).oldestOwedSeconds).toBeLessThan(60);
      await watch.settle(finalEventOf("fax_1"), CONTEXT);
      await watch.settle(finalEventOf("fax_1"), CONTEXT);
      await watch.expect("fax_1", { by: ago(5_000) });
      expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
    });

    test("a fax that is dismissed owes nothing, and does not count as an event that came", async () => {
      const watch = target.newTable().watch();
      await watch.expect("fax_1", { by: ago(1_000) });
      await watch.dismiss("fax_1");
      await watch.expect("fax_1", { by: ago(1_000) });
      await watch.dismiss("fax_unexpected");
      expect(await watch.status()).toEqual({
        expected: 0,
        owed: 0,
        oldestOwedSeconds: 0,
        sinceLastEventSeconds: undefined,
      });
    });

    test("1,201 outstanding faxes, many with the same `by`: each comes once, the oldest first", async () => {
      const watch = target.newTable().watch();
      const by = ago(HOUR_MS).getTime();
      const numbers = Array.from({ length: 1_201 }, (_, n) => n);
      // Each call has 5 s, its wait for a connection included.
      while (numbers.length > 0) {
        const some = numbers.splice(0, 100);
        await Promise.all(some.map((n) => watch.expect(`fax_${n}`, { by: new Date(by + (n % 7)) })));
      }
      const found: { readonly id: string; readonly by: Date }[] = [];
      for await (const fax of watch.outstanding()) found.push(fax);
      expect(new Set(found.map(({ id }) => id)).size).toBe(1_201);
      expect(found).toHaveLength(1_201);
      const times = found.map(({ by }) => by.getTime());
      expect(times).toEqual(times.toSorted());
    });

    test("another process sees the same, and tenants in one table do not", async () => {
      const table = target.newTable();
      await table.watch({ namespace: "a" }).expect("fax_1", { by: ago(1_000) });
      const [a, b] = [table.watch({ namespace: "a" }), table.watch({ namespace: "b" })];
      await b.settle(finalEventOf("fax_1"), CONTEXT);
      expect(await a.status()).toMatchObject({ owed: 1, sinceLastEventSeconds: undefined });
      expect(await b.status()).toMatchObject({ expected: 0 });
    });
  });

  describe("settling", () => {
    test("its methods need no `this`: `watch.settle` is a handler, with a store that has leases", async () => {
      const table = target.newTable();
      const watch = table.watch();
      await watch.expect("fax_1", { by: ago(1_000) });
      const { webhooks } = receiving({ store: table.store() });
      webhooks.on("fax.*", watch.settle);
      expect((await webhooks(attempt(finalEventOf("fax_1")))).status).toBe(200);
      const { outstanding } = watch;
      expect(await idsOf(outstanding())).toEqual([]);
    });

    test("without a context, it throws: with a transactional store it would settle outside of the transaction", async () => {
      const watch = target.newTable().watch();
      await expect(watch.settle(finalEventOf("fax_1"), undefined as never)).rejects.toThrow(
        "settle() was called with undefined beside the event; expected the handler's context",
      );
    });

    test("an event whose fax has no id is let through: the watch reports the fax in time", async () => {
      const watch = target.newTable().watch();
      const event = eventFixture("fax.delivered");
      for (const object of [null, {}, { id: 7 }, { id: "" }, { id: "a\0b" }]) {
        await watch.settle({ ...event, data: { object } } as never, CONTEXT);
      }
      expect(await watch.status()).toMatchObject({ sinceLastEventSeconds: undefined });
    });

    test("a `tx` of another database is refused: nothing would hold the two together", async () => {
      const watch = target.newTable().watch();
      const { transactions, message } = target.foreign;
      const refused = { code: "store_misconfigured", message: expect.stringContaining(message) };
      for (const tx of transactions()) {
        await expect(watch.settle(finalEventOf("fax_1"), { ...CONTEXT, tx })).rejects.toMatchObject(refused);
        await expect(watch.expect("fax_1", { tx })).rejects.toMatchObject(refused);
      }
      expect(await watch.status()).toMatchObject({ expected: 0, sinceLastEventSeconds: undefined });
    });
  });

  test.each<readonly [object, string]>([
    [{ namespace: "" }, "namespace has 0 characters"],
    [{ namespace: undefined }, "namespace is undefined"],
    [{ retentionMs: 1 }, "retentionMs is 1"],
    [{ tables: "x" }, '"tables" is not an option of createFaxWatch'],
    target.wrongDatabase,
  ])("%j is refused", (options, message) => {
    expect(() => target.create(options)).toThrow(message);
  });

  test.each([
    [undefined, {}, "faxId is undefined"],
    ["", {}, "faxId is a string; expected the id of a fax"],
    ["a b", {}, "faxId is a string; expected the id of a fax"],
    ["fax_1", { by: "tomorrow" }, "by is a string; expected a Date"],
    ["fax_1", { by: new Date(Number.NaN) }, "by is an invalid Date; expected a Date"],
  ])("expect(%j, %j) is refused", async (id, options, message) => {
    const watch = target.newTable().watch();
    await expect(watch.expect(id as never, options as never)).rejects.toThrow(message);
  });
}

/** The fax watch of a server, which an operator sets up. */
export interface FaxWatchServerTarget {
  readonly newTable: FaxWatchTarget["newTable"];
  /** A watch whose table is missing. */
  missing(): FaxWatch;
  /** A watch whose server is unreachable. */
  unreachable(): FaxWatch;
}

/** What a fax watch promises on a server that an operator has not set up, or that is unreachable. */
export function testFaxWatchOutages({ newTable, missing, unreachable }: FaxWatchServerTarget): void {
  test("a table that is missing: the answer is 500, and the log says what to run", async () => {
    const { webhooks, records } = receiving({ store: newTable().store() });
    webhooks.on("fax.*", missing().settle);
    const answer = await webhooks(attempt(finalEventOf("fax_1")));
    expect(answer.status).toBe(500);
    expect(records).toMatchObject([
      {
        outcome: "misconfigured",
        code: "store_misconfigured",
        error: {
          message: expect.stringContaining("Run `await watch.migrate()` or the SQL of faxWatchSchema()"),
        },
      },
    ]);
  });

  test("a database that is unreachable: the answer is 503, and mintfax sends the event again", async () => {
    const watch = unreachable();
    const { webhooks, records } = receiving({ store: newTable().store() });
    webhooks.on("fax.*", watch.settle);
    expect((await webhooks(attempt(finalEventOf("fax_1")))).status).toBe(503);
    expect(records).toMatchObject([{ outcome: "unavailable", code: "store_unavailable" }]);
    await expect(watch.status()).rejects.toMatchObject({
      code: "store_unavailable",
      cause: expect.objectContaining({ code: "ECONNREFUSED" }),
    });
  });
}
