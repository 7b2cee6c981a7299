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
import type { Statements } from "./statements.ts";

/** The names of {@link RunnerOptions}. */
export const RUNNER_OPTIONS: readonly string[] = ["pool", "database"];

export type RunnerOptions =
  | { readonly pool: PostgresPool }
  | { readonly database: PostgresDatabase<unknown> };

/** Runs everything but handlers. */
export function backendFor(options: RunnerOptions): Backend<unknown> {
  if (!("database" in options)) return backendOfPool(poolFrom("pool", options.pool)) as Backend<unknown>;
  const { database } = options;
  functionFrom("database.transaction", database?.transaction);
  if (database.pool !== undefined)
    return backendOfPool(poolFrom("database.pool", database.pool)) as Backend<unknown>;
  functionFrom("database.query", database.query);
  return backendOfDatabase(database);
}

/** @param options as {@link backendFor} has checked them */
export function handlersFor(options: RunnerOptions, statements: Statements): HandlerTransactions<unknown> {
  if (!("database" in options)) return handlersOnPool(options.pool, statements);
  const { database } = options;
  return database.pool === undefined
    ? handlersOnOpaqueDatabase(database, statements)
    : handlersOnPoolDatabase(database, statements);
}
