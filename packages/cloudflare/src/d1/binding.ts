/** `D1Database`, as far as it is needed: the binding in your Worker's `env`. */
export interface D1Binding {
  prepare(query: string): D1Statement;
  batch(statements: D1Statement[]): Promise<readonly { readonly results: readonly unknown[] }[]>;
}

/** `D1PreparedStatement`, as far as it is needed. */
export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
  first(): Promise<unknown>;
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
}
