/** What this package needs of a `D1Database`, the binding in your Worker's `env`. */
export interface D1Binding {
  /** Makes a statement from SQL text. */
  prepare(query: string): D1Statement;
  /** Runs statements in one transaction. */
  batch(statements: D1Statement[]): Promise<readonly { readonly results: readonly unknown[] }[]>;
}

/** What this package needs of a `D1PreparedStatement`. */
export interface D1Statement {
  /** The statement with values for its placeholders. */
  bind(...values: unknown[]): D1Statement;
  /** The first row, or null. */
  first(): Promise<unknown>;
  /** Runs the statement; `changes` counts the rows that it wrote. */
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
}
