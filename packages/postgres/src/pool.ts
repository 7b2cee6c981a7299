/** What this package needs of a `PoolClient` of `pg`. */
export interface PostgresClient {
  /** The server's process, as it was named when the connection was made. Without it, nothing is prepared by name. */
  readonly processID?: number | null;
  /** Runs a statement; one with a `name` is prepared once for each connection. */
  query(statement: {
    readonly text: string;
    readonly name?: string;
    readonly values?: unknown[];
  }): Promise<{ readonly rows: readonly unknown[]; readonly command?: string }>;
  /** Starts listening to a connection that breaks. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Stops listening. */
  off(event: "error", listener: (error: Error) => void): unknown;
  /** With an error, the connection is closed instead of being used again. */
  release(error?: Error): void;
}

/**
 * What this package needs of a `Pool` of `pg`. Listen to its `error`: where nobody does, an idle connection that the
 * server closes ends your process.
 */
export interface PostgresPool {
  /** Waits for a connection that is free. */
  connect(): Promise<PostgresClient>;
  /** The same, and the callback is called before anything else can happen to the connection. The store uses this one. */
  connect(callback: (error: Error | undefined, client: PostgresClient | undefined) => void): void;
}

/** The clients that a pool hands out, with everything they can do: `PoolClient` for a `Pool` of `pg`. */
export type ClientOf<Pool extends PostgresPool> = Pool extends {
  /** TypeScript takes the last overload of a method for the only one, so both of pg's have to be named. */
  connect: { (): Promise<infer Client>; (callback: infer _): void };
}
  ? Client
  : PostgresClient;

/** A connection with a listener: where nobody listens to one that breaks, the event ends the process. */
function connectionOf(pool: PostgresPool): Promise<PostgresClient> {
  return new Promise((resolve, reject) => {
    // Not by the promise: whoever awaits that begins to listen a moment too late for a server that dies right behind its
    // greeting.
    pool.connect((error, client) => {
      if (client === undefined) return reject(error);
      client.on("error", ignore);
      resolve(client);
    });
  });
}

/**
 * Uses a connection of the pool. One on which something went wrong is closed, whether `use` rejected or `signal` was
 * aborted: whatever the server still does on it, nobody else will get its answer.
 *
 * @param signal aborted before there is a connection: it is given back unused, once it comes
 */
export async function withClient<T>(
  pool: PostgresPool,
  signal: AbortSignal,
  use: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const client = await connectionOf(pool);
  if (signal.aborted) {
    client.off("error", ignore);
    client.release();
    throw signal.reason;
  }
  let released = false;
  const release = (error?: Error): void => {
    if (released) return;
    released = true;
    signal.removeEventListener("abort", abort);
    // A broken one keeps its listener: it may say more.
    if (error === undefined) client.off("error", ignore);
    client.release(error);
  };
  const abort = (): void => release(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    const result = await use(client);
    release();
    return result;
  } catch (error) {
    release(error as Error);
    throw error;
  }
}

/** A connection that breaks while nothing is under way on it says so in its event alone, and the next statement fails. */
function ignore(): void {}
