import type { TimeLimit } from "@mintfax-webhooks/core/store";

/** What this package needs of a connection of `mysql2/promise`. */
export interface MysqlConnection {
  /** Runs one statement. Resolves with rows, or with what the server says of a statement without rows, at first place. */
  query(options: {
    readonly sql: string;
    readonly rowsAsArray: false;
    readonly nestTables: false;
    readonly typeCast: true;
  }): Promise<readonly unknown[]>;
  /** Adds a listener for a connection that breaks. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Removes it. */
  off(event: "error", listener: (error: Error) => void): unknown;
  /** Returns the connection to the pool. */
  release(): void;
  /** Closes it. */
  destroy(): void;
}

/** What this package needs of a `Pool` of `mysql2/promise`. */
export interface MysqlPool {
  /** Waits for a connection that is free. */
  getConnection(): Promise<MysqlConnection>;
}

/** What a handler gets as `tx`: `query` and `execute` of the pool's connection. */
export type MysqlTransaction<Pool extends MysqlPool> = Pick<
  Awaited<ReturnType<Pool["getConnection"]>>,
  "query" | Extract<keyof Awaited<ReturnType<Pool["getConnection"]>>, "execute">
>;

/**
 * Uses a connection of the pool. It is closed if `use` rejects or the time is over: MySQL rolls back what was open on it, and
 * a late answer reaches no other delivery.
 */
export async function withConnection<Pool extends MysqlPool, T>(
  pool: Pool,
  limit: Pick<TimeLimit, "signal" | "abort">,
  use: (connection: Awaited<ReturnType<Pool["getConnection"]>>) => Promise<T>,
): Promise<T> {
  const { signal } = limit;
  const connection = (await pool.getConnection()) as Awaited<ReturnType<Pool["getConnection"]>>;
  if (signal.aborted) {
    attempt(() => connection.release());
    throw signal.reason;
  }
  let isGivenBack = false;
  const giveBack = (how: "release" | "destroy"): void => {
    if (isGivenBack) return;
    isGivenBack = true;
    signal.removeEventListener("abort", close);
    // One that broke keeps its listener: it may emit more errors.
    if (how === "release") attempt(() => connection.off("error", broken));
    attempt(() => connection[how]());
  };
  const close = (): void => giveBack("destroy");
  const broken = (error: Error): void => limit.abort(error);
  signal.addEventListener("abort", close);
  try {
    connection.on("error", broken);
    const result = await use(connection);
    giveBack("release");
    return result;
  } catch (error) {
    giveBack("destroy");
    throw error;
  }
}

/** The same, and it rejects as soon as the signal is aborted: a connection that is closed may answer its statements no more. */
export function withConnectionUntil<T>(
  pool: MysqlPool,
  controller: AbortController,
  use: (connection: MysqlConnection) => Promise<T>,
): Promise<T> {
  const { signal } = controller;
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    withConnection(pool, controller, use).then(resolve, reject);
  });
}

/** The work on the connection is over. The pool has to handle what its own functions throw. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch {}
}
