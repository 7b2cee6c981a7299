/** What the store needs of an open database of `better-sqlite3`, `node:sqlite` or `bun:sqlite`. */
export interface SynchronousDatabase {
  /** Makes a statement of SQL text. */
  prepare(sql: string): {
    /** Runs it and returns all rows. */
    all(...values: unknown[]): unknown[];
  };
  /** Runs SQL text without values. */
  exec(sql: string): unknown;
}

/** What the store needs of a client of `@libsql/client`. */
export interface LibsqlClient {
  /** How it reaches its database; `"file"` for a file of this machine. */
  readonly protocol: string;
  /** Runs one statement. */
  execute(sql: string): Promise<{ readonly rows: readonly unknown[] }>;
  /** Runs statements in one transaction. */
  batch(
    statements: { readonly sql: string; readonly args: (string | number)[] }[],
    mode: "write" | "read",
  ): Promise<readonly { readonly rows: readonly unknown[] }[]>;
}
