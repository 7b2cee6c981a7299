/**
 * One process of a receiver. Sends itself copies of one event, all at once, when its parent says so, and reports how they
 * were answered. Every run of the handler goes into the table `ledger`, past the store and its transaction.
 */
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { attempt, receiving } from "../../../core/test/support/receiving.ts";

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
  // As long as the engine waits: so many copies at once may have to wait for a connection.
  const options = { pool, timeoutMs: 5_000 };
  const store = mode === "lease" ? createPostgresStore(options) : createPostgresTransactionalStore(options);
  const { webhooks, records } = receiving<unknown>({ store });
  webhooks.on("*", async ({ id }, { fence }) => {
    await ledger.query("INSERT INTO ledger VALUES ($1, $2, $3)", [id, fence, process.pid]);
  });
  const attempts = Array.from({ length: copies }, () => attempt(event));
  process.once("message", async () => {
    await Promise.all(attempts.map((request) => webhooks(request)));
    const report: Record<string, number> = {};
    for (const { outcome } of records) report[outcome] = (report[outcome] ?? 0) + 1;
    await Promise.all([pool.end(), ledger.end()]);
    process.send?.(report satisfies CopiesReport);
    process.disconnect();
  });
  process.send?.("ready");
});
