import type { Backend } from "./backend.ts";
import { limited } from "./limited.ts";
import type { Table } from "./table.ts";

const LIMIT_MS = 60_000;

/** Runs a transaction that no delivery waits for, so that it may take 60 s. */
export function unhurried<Tx, T>(
  backend: Backend<Tx>,
  table: Table,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return limited(LIMIT_MS, table, (signal) => backend.transaction(signal, work));
}
