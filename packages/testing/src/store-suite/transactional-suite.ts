import type { TransactionResult } from "@mintfax-webhooks/core/store";
import { bounded } from "./bounded.ts";
import { SuiteBuilder } from "./build-suite.ts";
import { check, checkFails } from "./check.ts";
import { keyOf } from "./keys.ts";
import { MINUTE_MS, RETENTION_FLOOR_MS } from "./retention.ts";
import type { StoreSuite } from "./suite.ts";
import { checkBrokenOff, checkLeftOpen } from "./transactional/connections.ts";
import { checkOthersGoOn, transactionalProperties } from "./transactional/properties.ts";
import type { OpenedTransactionalStore, TransactionalStoreSuiteOptions } from "./transactional-options.ts";

/**
 * Returns named cases, for any test runner, of all that the engine needs of a `TransactionalStore`: claim, write and
 * completion in one commit, rollback, copies that neither wait nor hold a connection, races, odd ids, retention, and an
 * unreachable store.
 *
 * @example
 * ```ts
 * const { cases, skipped } = transactionalStoreSuite({
 *   name: "my store",
 *   open: async (options) => {
 *     const db = await newDatabase("CREATE TABLE effects (text TEXT)");
 *     return {
 *       store: createMyStore({ db, ...options }),
 *       write: (tx: MyTransaction, text) => tx.query("INSERT INTO effects VALUES ($1)", [text]),
 *       written: async () => (await db.query("SELECT text FROM effects")).map((row) => row.text),
 *       close: () => db.end(),
 *     };
 *   },
 * });
 * for (const { name, run } of cases) test(name, run);
 * ```
 */
export function transactionalStoreSuite<Tx, Opened extends OpenedTransactionalStore<Tx>>(
  options: TransactionalStoreSuiteOptions<Tx, Opened>,
): StoreSuite {
  const { name, open, elapse, leaveOpen, breakOff, unavailable, oneWriter = false } = options;
  const suite = new SuiteBuilder<Opened>(name, open);
  suite.add(transactionalProperties<Tx>());

  const others = "100 copies of an event at work do not delay another event";
  if (oneWriter) suite.leaveOut(others, "`oneWriter`");
  else suite.add([{ name: others, holds: checkOthersGoOn }]);

  const leftOpen = "a transaction that was left open on the connection is never committed by the store";
  if (leaveOpen === undefined) suite.leaveOut(leftOpen, "no `leaveOpen`");
  else suite.add([{ name: leftOpen, holds: (opened) => checkLeftOpen(opened, leaveOpen) }]);

  const broken =
    "a connection that ends under work: nothing is committed, then or later, and the event is free";
  if (breakOff === undefined) suite.leaveOut(broken, "no `breakOff`");
  else suite.add([{ name: broken, holds: (opened) => checkBrokenOff(opened, breakOff) }]);

  suite.addRetentionBounds(async ({ store }) => check("the first", await emptyRun(store), "committed"));

  const retained = "done is remembered for the retention, and not longer";
  if (elapse === undefined) {
    suite.leaveOut(retained, "no `elapse`");
  } else {
    suite.add([
      {
        name: retained,
        retentionMs: RETENTION_FLOOR_MS,
        async holds(opened) {
          check("the first", await emptyRun(opened.store), "committed");
          await elapse(RETENTION_FLOOR_MS - MINUTE_MS, opened);
          check("a minute before retention ends", await emptyRun(opened.store), "done");
          await elapse(2 * MINUTE_MS, opened);
          check("forget after retention", await opened.store.forget(keyOf("event")), "absent");
          check("inspect after retention", await opened.store.inspect(keyOf("event")), { state: "absent" });
          check("after it", await emptyRun(opened.store), "committed");
        },
      },
    ]);
  }

  suite.addUnavailable("every call fails within 5 s, and no work is run", unavailable, checkUnavailable);
  return suite.suite();
}

const emptyRun = <Tx>(store: OpenedTransactionalStore<Tx>["store"]): Promise<TransactionResult> =>
  store.transact(keyOf("event"), async () => "commit");

async function checkUnavailable<Tx>({ store }: OpenedTransactionalStore<Tx>): Promise<void> {
  let runs = 0;
  const transact = () =>
    store.transact(keyOf("event"), async () => {
      runs += 1;
      return "commit";
    });
  const forget = () => store.forget(keyOf("event"));
  const inspect = () => store.inspect(keyOf("event"));
  // At once, as deliveries arrive: a store that handles them one by one would add up their timeouts.
  await Promise.all([
    bounded("transact", () => checkFails("transact", transact)),
    bounded("forget", () => checkFails("forget", forget)),
    bounded("inspect", () => checkFails("inspect", inspect)),
  ]);
  check("runs of work", runs, 0);
}
