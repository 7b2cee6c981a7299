import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createFaxWatch, createSqliteStore } from "@mintfax-webhooks/sqlite";
import { ago, type FaxTable, finalEventOf, idsOf, testFaxWatch } from "conformance/fax-watch";
import { attempt, receiving } from "test-support/receiving";
import { describe, expect, onTestFinished, test } from "vitest";
import { DRIVERS } from "./support/drivers.ts";
import { newFiles } from "./support/folder.ts";

const newFile = newFiles();

describe.each(Object.entries(DRIVERS))("a fax watch on %s", (_, open) => {
  /** The databases of a test are closed when it ends. */
  function newTable(file = newFile()): FaxTable {
    const opened = () => {
      const { database, close } = open(file);
      onTestFinished(close);
      return { database, timeoutMs: 5_000 };
    };
    return {
      watch: (options = {}) => createFaxWatch({ ...opened(), ...options }),
      store: () => createSqliteStore(opened()),
    };
  }

  testFaxWatch({
    newTable,
    foreign: { transactions: () => [null, {}, 7, "tx"], message: "takes no transaction as `tx`" },
    create: (options) => createFaxWatch({ database: newFile(), ...options }),
    wrongDatabase: [{ database: {} }, "database is a value of type object"],
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
