import type { DedupKey, PendingClaim } from "@mintfax-webhooks/core/store";
import type { Backend } from "./backend.ts";
import { endStatement } from "./inspect.ts";
import { pendingFrom, pendingStatement } from "./pending.ts";
import { lockOf } from "./statements.ts";
import type { Table } from "./table.ts";
import { unhurried } from "./unhurried.ts";

/** What an operator does with claims. `mintfax-webhooks pending` and `release` of the command line call it. */
export interface PostgresOperations {
  /**
   * Lists the claims that are held, or whose lease ran out, the oldest first, at most 10,000. A claim that a transaction holds
   * has no `key`: its row is not committed. Reads the whole table, which takes no lock that a claim waits for.
   *
   * @param namespace default: all of them
   *
   * @example
   * ```ts
   * for await (const { key, owner } of store.pending()) console.log(key?.id, owner);
   * ```
   */
  pending(namespace?: string): AsyncIterable<PendingClaim>;
  /**
   * Ends the session of the database whose transaction holds the claim. PostgreSQL rolls back what the handler has written, and
   * the event is free. Needs the session's own role, or `pg_signal_backend`.
   *
   * @returns false where no transaction holds a claim of the key
   */
  endTransaction(key: DedupKey): Promise<boolean>;
}

export function operationsOf<Tx>(backend: Backend<Tx>, table: Table): PostgresOperations {
  const pending = pendingStatement(table.table);
  const end = endStatement(lockOf(table, "{namespace}::text", "{id}::text"));
  return {
    async *pending(namespace = "") {
      yield* pendingFrom(await unhurried(backend, table, (tx) => backend.run(tx, pending, { namespace })));
    },
    async endTransaction(key) {
      const rows = await unhurried(backend, table, (tx) => backend.run(tx, end, { ...key }));
      return rows.length > 0;
    },
  };
}
