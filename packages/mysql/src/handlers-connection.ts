import { TransactionEndedError, TransactionRefusedError } from "@mintfax-webhooks/core/store";
import type { MysqlConnection, MysqlPool, MysqlTransaction } from "./pool.ts";

/**
 * A connection for the length of one transaction. Afterwards it serves other deliveries, and a statement that comes too late
 * would be committed on its own, or inside another delivery's transaction.
 */
export class HandlersConnection<Pool extends MysqlPool> {
  /** Does what the connection does until {@link end}; then it refuses everything. */
  readonly tx: MysqlTransaction<Pool>;
  #hasEnded = false;

  constructor(connection: MysqlConnection) {
    const pass =
      (name: "query" | "execute") =>
      (...args: readonly unknown[]): Promise<unknown> => {
        if (this.#hasEnded) return refused(ended());
        if (endsTransaction(args[0])) return refused(endedByHandler());
        const run = (
          connection as unknown as Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>
        )[name];
        return Reflect.apply(run as never, connection, args) as Promise<unknown>;
      };
    this.tx = { query: pass("query"), execute: pass("execute") } as unknown as MysqlTransaction<Pool>;
  }

  end(): void {
    this.#hasEnded = true;
  }
}

/** A statement may be late because the handler did not await it. That must not end the process. */
function refused(error: Error): Promise<never> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}

/** Tools that trace statements put comments in front of them. */
const COMMENTS = /^(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|(?:#|--\s)[^\n]*(?:\n|$))+/;
const ENDS_TRANSACTION = /^(?:commit|begin|start\s+transaction|rollback(?!\s+(?:work\s+)?to\b))\b/i;

function endsTransaction(query: unknown): boolean {
  const sql = typeof query === "string" ? query : Object(query).sql;
  return typeof sql === "string" && ENDS_TRANSACTION.test(sql.replace(COMMENTS, ""));
}

function ended(): TransactionEndedError {
  return new TransactionEndedError(
    "tx was used after its transaction had ended, so the call did nothing. In the handler, await everything that uses tx. " +
      "Use Promise.allSettled where one failure must not leave the other calls running.",
  );
}

function endedByHandler(): TransactionRefusedError {
  return new TransactionRefusedError(
    "The handler sent a statement that begins or ends a transaction. Remove it: the store commits when the handler succeeds and " +
      "rolls back when it throws.",
  );
}
