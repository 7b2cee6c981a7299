/** Statements for the upkeep of a table. */
export interface Upkept {
  createTable(table: string): string;
  /** Reads the keys of rows past their retention, in hexadecimal. */
  expired(table: string, limit: number): string;
  deleteExpired(table: string, keys: readonly HexKey[]): string;
}

/** A key's bytes in hexadecimal. */
export type HexKey = Readonly<Record<"namespace" | "id", string>>;
