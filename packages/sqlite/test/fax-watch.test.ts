import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createFaxWatch, createSqliteStore } from "@mintfax-webhooks/sqlite";
import { eventFixture } from "@mintfax-webhooks/testing";
import { attempt, receiving } from "test-support/receiving";
import { describe, expect, onTestFinished, test } from "vitest";
import { DRIVERS } from "./support/drivers.ts";
import { newFiles } from "./support/folder.ts";

const newFile = newFiles();
const HOUR_MS = 3_600_000;
const CONTEXT = { signal: new AbortController().signal };
const ago = (ms: number): Date => new Date(Date.now() - ms);
const finalEventOf = (id: string) => eventFixture("fax.delivered", { data: { object: { id } } });

async function idsOf(faxes: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of faxes) ids.push(id);
  return ids;
}

describe.each(Object.entries(DRIVERS))("a fax watch on %s", (_, open) => {
  function newWatch(namespace = "mintfax") {
    const { database, close } = open(newFile());
    onTestFinished(close);
    return createFaxWatch({ database, namespace });
  }

  test("a fax is owed from `by` on, an hour later by default, until its final event", async () => {
    const watch = newWatch();
    await watch.expect("fax_later");
    await watch.expect("fax_b", { by: ago(1_000) });
    await watch.expect("fax_a", { by: ago(2_000) });
    await watch.expect("fax_a", { by: ago(9_000) });
    const before = await watch.status();
    expect(before).toMatchObject({ expected: 3, owed: 2, sinceLastEventSeconds: undefined });
    expect(before.oldestOwedSeconds).toBeGreaterThanOrEqual(2);
    expect(before.oldestOwedSeconds).toBeLessThan(9);
    expect(await idsOf(watch.outstanding())).toEqual(["fax_a", "fax_b"]);
    const olderThan = new Date(Date.now() + HOUR_MS + 1_000);
    expect(await idsOf(watch.outstanding({ olderThan }))).toEqual(["fax_a", "fax_b", "fax_later"]);
    await watch.settle(eventFixture("fax.sending", { data: { object: { id: "fax_a" } } }), CONTEXT);
    await watch.settle(finalEventOf("fax_a"), CONTEXT);
    await watch.settle(finalEventOf("fax_a"), CONTEXT);
    await watch.dismiss("fax_b");
    const after = await watch.status();
    expect(after).toMatchObject({ expected: 1, owed: 0, oldestOwedSeconds: 0 });
    expect(after.sinceLastEventSeconds).toBeLessThan(60);
  });

  test("an event that comes before its fax is expected is remembered; dismissing is not an event", async () => {
    const watch = newWatch();
    await watch.dismiss("fax_0");
    expect(await watch.status()).toMatchObject({ sinceLastEventSeconds: undefined });
    await watch.settle(finalEventOf("fax_1"), CONTEXT);
    await watch.expect("fax_1", { by: ago(1_000) });
    expect(await watch.status()).toMatchObject({ expected: 0 });
  });

  test("1,201 outstanding faxes: each comes once, the oldest first", async () => {
    const watch = newWatch();
    const by = ago(HOUR_MS).getTime();
    await Promise.all(
      Array.from({ length: 1_201 }, (_, n) => watch.expect(`fax_${n}`, { by: new Date(by + (n % 7)) })),
    );
    const found: { readonly id: string; readonly by: Date }[] = [];
    for await (const fax of watch.outstanding()) found.push(fax);
    expect(new Set(found.map(({ id }) => id)).size).toBe(1_201);
    const times = found.map(({ by }) => by.getTime());
    expect(times).toEqual(times.toSorted());
  });
});

test("a receiver settles into the file of its store; tenants are apart; a restart forgets nothing", async () => {
  const file = newFile();
  const store = createSqliteStore(file);
  const watch = createFaxWatch(file);
  const other = createFaxWatch({ database: file, namespace: "other" });
  onTestFinished(() => {
    for (const each of [store, watch, other]) each.close();
  });
  for (const each of [watch, other]) await each.expect("fax_1", { by: ago(1_000) });
  const { webhooks } = receiving({ store });
  webhooks.on("fax.*", watch.settle);
  expect((await webhooks(attempt(finalEventOf("fax_1")))).status).toBe(200);
  expect(await watch.status()).toMatchObject({ expected: 0 });
  expect(await other.status()).toMatchObject({ owed: 1, sinceLastEventSeconds: undefined });
  watch.close();
  const again = createFaxWatch(file);
  onTestFinished(() => again.close());
  expect(await again.status()).toMatchObject({ expected: 0, sinceLastEventSeconds: expect.any(Number) });
});

test("four processes expect and settle the same 400 faxes at once: nothing is owed, and nothing is lost", async () => {
  const file = newFile();
  const watch = createFaxWatch(file);
  onTestFinished(() => watch.close());
  const children = ["expect", "settle", "expect", "settle"].map((does) =>
    fork(join(import.meta.dirname, "support/fax-watch-process.ts"), [file, does], {
      execArgv: ["--conditions=source"],
    }),
  );
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(await watch.status()).toMatchObject({ expected: 1, owed: 1 });
  expect(await idsOf(watch.outstanding())).toEqual(["fax_owed"]);
});

test("a `tx` is refused: nothing would hold the two together", async () => {
  const watch = createFaxWatch(newFile());
  onTestFinished(() => watch.close());
  const refused = { code: "store_misconfigured" };
  await expect(watch.settle(finalEventOf("fax_1"), { ...CONTEXT, tx: {} })).rejects.toMatchObject(refused);
  await expect(watch.expect("fax_1", { tx: {} })).rejects.toMatchObject(refused);
});
