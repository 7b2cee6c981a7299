/**
 * One process of a receiver. Sends itself copies of one event when its parent says so, and reports how they were answered.
 * The handler works until a quarter of them has been: they come before, while and after it is done. Every run of the handler goes into the table `ledger`, past the store and its transaction.
 */
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { actAtOnce } from "test-support/at-once";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";

/** Copies under way at any time: more than there are connections. */
const AT_ONCE = 25;

/** What the parent asks for. */
export interface CopiesOrder {
  readonly url: string;
  readonly mode: "lease" | "transactional";
  readonly event: { readonly id: string };
  readonly copies: number;
}

/** How many copies were answered with which outcome. */
export type CopiesReport = Readonly<Record<string, number>>;

process.once("message", async ({ url, mode, event, copies }: CopiesOrder) => {
  const pool = new Pool({ connectionString: url, max: 10 }).on("error", () => {});
  const ledger = new Pool({ connectionString: url, max: 1 }).on("error", () => {});
  // As patient as can be: this is about claims, not about how fast the machine is.
  const options = { pool, timeoutMs: 5_000 };
  const store = mode === "lease" ? createPostgresStore(options) : createPostgresTransactionalStore(options);
  const { webhooks, records } = receiving<unknown>({ store, deadlineMs: 80_000 });
  const quarterAnswered = gate();
  webhooks.on("*", async ({ id }, { fence }) => {
    await ledger.query("INSERT INTO ledger VALUES ($1, $2, $3)", [id, fence, process.pid]);
    await quarterAnswered.promise;
  });
  process.once("message", async () => {
    await actAtOnce(AT_ONCE, copies, async () => {
      await webhooks(attempt(event));
      // A batch of the store answers several at once.
      if (records.length >= copies / 4) quarterAnswered.open();
    });
    const report: Record<string, number> = {};
    for (const { outcome } of records) report[outcome] = (report[outcome] ?? 0) + 1;
    await Promise.all([pool.end(), ledger.end()]);
    process.send?.(report satisfies CopiesReport);
    process.disconnect();
  });
  process.send?.("ready");
});
