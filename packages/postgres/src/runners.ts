import { functionFrom } from "@mintfax-webhooks/core/store";
import { type Backend, backendOfDatabase, backendOfPool } from "./backend.ts";
import type { PostgresDatabase } from "./database.ts";
import {
  type HandlerTransactions,
  handlersOnOpaqueDatabase,
  handlersOnPool,
  handlersOnPoolDatabase,
} from "./handler-transactions.ts";
import { poolFrom } from "./options.ts";
import type { PostgresPool } from "./pool.ts";

/** The names of {@link RunnerOptions}. */
export const RUNNER_OPTIONS: readonly string[] = ["pool", "database"];

export type RunnerOptions =
  | { readonly pool: PostgresPool }
  | { readonly database: PostgresDatabase<unknown> };

/** What runs handlers' transactions, and what runs everything else. */
export function runnersFor(options: RunnerOptions): [HandlerTransactions<unknown>, Backend<unknown>] {
  if (!("database" in options)) {
    const pool = poolFrom("pool", options.pool);
    return [handlersOnPool(pool), backendOfPool(pool) as Backend<unknown>];
  }
  const { database } = options;
  functionFrom("database.transaction", database?.transaction);
  if (database.pool !== undefined) {
    const pool = poolFrom("database.pool", database.pool);
    return [handlersOnPoolDatabase(database), backendOfPool(pool) as Backend<unknown>];
  }
  functionFrom("database.query", database.query);
  return [handlersOnOpaqueDatabase(database), backendOfDatabase(database)];
}
