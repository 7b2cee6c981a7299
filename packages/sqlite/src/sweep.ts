import type { Call, Row } from "./connection.ts";

/** Once nothing is left to delete. */
const PAUSE_MS = 60_000;
const ROWS_MIN = 100;

/** Deletes rows that are past their retention, a few in a transaction that is committed anyway. */
export class Sweep {
  readonly #sql: string;
  #dueMs = 0;

  /** @param sql takes the highest number of rows to delete, and returns a row for each */
  constructor(sql: string) {
    this.#sql = sql;
  }

  /** @param operations in the transaction. Each adds one id at most, so twice as many deletions keep the table from growing */
  callsFor(operations: number): readonly Call[] {
    if (performance.now() < this.#dueMs) return [];
    return [{ sql: this.#sql, values: [ROWS_MIN + 2 * operations] }];
  }

  /** @param rows what was deleted */
  swept(rows: readonly Row[]): void {
    if (rows.length < ROWS_MIN) this.#dueMs = performance.now() + PAUSE_MS;
  }
}
