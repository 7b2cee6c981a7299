import type { Call, Row } from "./connection.ts";
import { DELETE_EXPIRED } from "./statements.ts";

/** Once nothing is left to delete. */
const PAUSE_MS = 60_000;
const ROWS_MIN = 100;

/** Deletes ids that are past their retention, a few in a transaction that is committed anyway. */
export class Sweep {
  #dueMs = 0;

  /** @param operations in the transaction. Each adds one id at most, so twice as many deletions keep the table from growing */
  callsFor(operations: number): readonly Call[] {
    if (performance.now() < this.#dueMs) return [];
    return [{ sql: DELETE_EXPIRED, values: [ROWS_MIN + 2 * operations] }];
  }

  /** @param rows what was deleted */
  swept(rows: readonly Row[]): void {
    if (rows.length < ROWS_MIN) this.#dueMs = performance.now() + PAUSE_MS;
  }
}
