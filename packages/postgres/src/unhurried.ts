import { TimeLimit } from "@mintfax-webhooks/core/store";
import type { Backend } from "./backend.ts";
import { explained } from "./sql-state.ts";
import type { Table } from "./table.ts";

const LIMIT_MS = 60_000;

/** Runs a transaction that no delivery waits for, so that it may take 60 s. */
export async function unhurried<Tx, T>(
  backend: Backend<Tx>,
  table: Table,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const limit = new TimeLimit(LIMIT_MS, "PostgreSQL");
  try {
    return await limit.over(backend.transaction(limit.signal, work));
  } catch (error) {
    throw explained(error, table);
  }
}
