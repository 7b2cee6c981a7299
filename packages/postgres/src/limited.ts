import { TimeLimit } from "@mintfax-webhooks/core/store";
import { explained } from "./sql-state.ts";
import type { Table } from "./table.ts";

/** Runs `work`, at most for a time. An error has the fix, where one is known. */
export async function limited<T>(
  limitMs: number,
  table: Table,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new TimeLimit(limitMs, "PostgreSQL");
  try {
    return await limit.over(work(limit.signal));
  } catch (error) {
    throw explained(error, table);
  }
}
