import type { DedupKey } from "@mintfax-webhooks/core/store";
import { bytes } from "./sql.ts";

/** The name of the lock that a transaction holds while it has the claim, as an expression. */
export function lockOf(table: string, { namespace, id }: DedupKey): string {
  return nameOf(bytes(`${table} ${namespace} ${id}`));
}

/** The same for a row of the table. */
export function lockOfRow(table: string): string {
  return nameOf(`CONCAT(${bytes(`${table} `)}, namespace, ' ', id)`);
}

/** MySQL takes names of 64 characters at most, and compares them without regard to case. An id has no space. */
function nameOf(key: string): string {
  return `CONCAT('mintfax:', SHA2(CONCAT(COALESCE(DATABASE(), ''), ' ', ${key}), 224))`;
}
