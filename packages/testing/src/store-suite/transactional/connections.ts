import type { MaybePromise, TransactionResult } from "@mintfax-webhooks/core/store";
import { bounded } from "../bounded.ts";
import { check, checkFails } from "../check.ts";
import { keyOf } from "../keys.ts";
import type { OpenedTransactionalStore } from "../transactional-options.ts";

/** More than a pool has connections, each of which may have to be closed first. */
const TRIES = 25;

function run<Tx>({ store, write }: OpenedTransactionalStore<Tx>, id: string): Promise<TransactionResult> {
  return store.transact(keyOf(id), async ({ tx }) => {
    await write(tx, id);
    return "commit";
  });
}

/** A store may reject where it gets such a connection, but must commit in the end. */
async function runUntilCommitted<Tx>(opened: OpenedTransactionalStore<Tx>, id: string): Promise<void> {
  for (let tries = 1; tries < TRIES; tries += 1) {
    try {
      return check(`the result for ${id}`, await bounded("transact", () => run(opened, id)), "committed");
    } catch {
      // The next try may be given another connection.
    }
  }
  check(`the result for ${id} after ${TRIES} tries`, await run(opened, id), "committed");
}

export async function checkLeftOpen<Tx, Opened extends OpenedTransactionalStore<Tx>>(
  opened: Opened,
  leaveOpen: (text: string, opened: Opened) => MaybePromise<unknown>,
): Promise<void> {
  await leaveOpen("left open before transact", opened);
  await runUntilCommitted(opened, "event");
  await leaveOpen("left open before forget", opened);
  await Promise.resolve(opened.store.forget(keyOf("unknown"))).catch(() => {});
  await runUntilCommitted(opened, "another");
  check("what was written", [...(await opened.written())].sort(), ["another", "event"]);
}

export async function checkBrokenOff<Tx, Opened extends OpenedTransactionalStore<Tx>>(
  opened: Opened,
  breakOff: (tx: Tx, opened: Opened) => MaybePromise<unknown>,
): Promise<void> {
  let kept: { readonly tx: Tx } | undefined;
  await checkFails("transact on a connection that ended", () =>
    opened.store.transact(keyOf("event"), async ({ tx }) => {
      kept = { tx };
      await opened.write(tx, "before");
      await breakOff(tx, opened);
      await checkFails("a write after it", () => bounded("it", async () => opened.write(tx, "after")));
      return "commit";
    }),
  );
  if (kept === undefined) throw new Error("work did not run");
  const { tx } = kept;
  await checkFails("a late write", () => bounded("it", async () => opened.write(tx, "late")));
  check("what was written", await opened.written(), []);
  await runUntilCommitted(opened, "event");
  check("what was written by then", await opened.written(), ["event"]);
}
