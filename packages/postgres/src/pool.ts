import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { Admission } from "./admission.ts";

/** What this package needs of a `PoolClient` of `pg`. */
export interface PostgresClient {
  /** The server's process id, as the server told it when the connection was made. Without it, the store prepares nothing by name. */
  readonly processID?: number | null;
  /**
   * Whether the server was in a transaction when it last answered: "I" for idle. Older versions of `pg` lack it; a lease
   * store then sends `BEGIN` and `COMMIT` around each statement.
   */
  getTransactionStatus?(): "I" | "T" | "E" | null;
  /** Runs a statement; one with a `name` is prepared once for each connection. */
  query(statement: {
    readonly text: string;
    readonly name?: string;
    readonly values?: unknown[];
  }): Promise<{ readonly rows: readonly unknown[]; readonly command?: string }>;
  /** Adds a listener for a connection that breaks. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Removes it. */
  off(event: "error", listener: (error: Error) => void): unknown;
  /** Returns the connection to the pool; with an error, closes it instead. */
  release(error?: Error): void;
}

/**
 * What this package needs of a `Pool` of `pg`. Add a listener for its `error` event: without one, an idle connection that
 * the server closes ends your process.
 */
export interface PostgresPool {
  /** Waits for a connection that is free. */
  connect(): Promise<PostgresClient>;
  /** The same by a callback, which runs before anything else can happen to the connection. The store uses this one. */
  connect(callback: (error: Error | undefined, client: PostgresClient | undefined) => void): void;
}

/** The type of the clients that a pool hands out: `PoolClient` for a `Pool` of `pg`. */
export type ClientOf<Pool extends PostgresPool> = Pool extends {
  /** TypeScript takes the last overload of a method for the only one, so both of pg's have to be named. */
  connect: { (): Promise<infer Client>; (callback: infer _): void };
}
  ? Client
  : PostgresClient;

/** One for each pool, however many stores there are on it. */
const admissions = new WeakMap<PostgresPool, Admission>();

function admissionOf(pool: PostgresPool): Admission {
  let admission = admissions.get(pool);
  if (admission === undefined) {
    admission = new Admission();
    admissions.set(pool, admission);
  }
  return admission;
}

/**
 * Uses a connection of the pool. The connection is closed if `use` rejects or `signal` is aborted. A statement that is still
 * running ends with it, and its answer reaches no other delivery.
 *
 * @param signal if it is aborted before the connection comes, the connection is given back unused
 */
export async function withClient<T>(
  pool: PostgresPool,
  signal: AbortSignal,
  use: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const admission = admissionOf(pool);
  const client = await connectionOf(
    pool,
    signal,
    admission,
    admission.isUnlimited ? undefined : await admission.enter(signal),
  );
  let released = false;
  const release = (error?: Error): void => {
    if (released) return;
    released = true;
    signal.removeEventListener("abort", abort);
    giveBack(client, error);
  };
  const abort = (): void => {
    admission.limit();
    release(signal.reason);
  };
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    const result = await use(client);
    release();
    return result;
  } catch (error) {
    release(error as Error);
    throw error;
  }
}

/**
 * Takes a connection and adds a listener to it: without one, a connection that breaks ends the process. Settles once, however
 * often the pool calls back, and at the latest when `signal` is aborted.
 */
function connectionOf(
  pool: PostgresPool,
  signal: AbortSignal,
  admission: Admission,
  leave: ((hasCome: boolean) => void) | undefined,
): Promise<PostgresClient> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    let taken: PostgresClient | undefined;
    const settle = (): boolean => {
      const isFirst = !isSettled;
      isSettled = true;
      signal.removeEventListener("abort", abort);
      return isFirst;
    };
    const fail = (error: unknown): void => {
      if (leave === undefined) admission.limit();
      else leave(false);
      if (settle()) reject(error);
    };
    const abort = (): void => {
      if (leave === undefined) admission.limit();
      if (settle()) reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    try {
      // Not the promise: a server that dies right after its greeting says so before the promise has resolved.
      const answer: unknown = pool.connect((error, client) => {
        if (client === taken && client !== undefined) return;
        if (!client) return fail(error ?? new StoreUnavailableError(NEITHER));
        leave?.(true);
        if (!settle()) return giveBack(client);
        try {
          client.on("error", ignore);
        } catch (cause) {
          giveBack(client, cause as Error);
          return reject(cause);
        }
        taken = client;
        resolve(client);
      });
      if (answer instanceof Promise) answer.catch(fail);
    } catch (error) {
      fail(error);
    }
  });
}

const NEITHER = "The pool called back with neither an error nor a client; expected one of the two.";

/** @param error closes it */
function giveBack(client: PostgresClient, error?: Error): void {
  try {
    // A broken connection keeps its listener: it may emit more errors.
    if (error === undefined) client.off("error", ignore);
    client.release(error);
  } catch {
    // The work on the connection is over. The pool has to handle what its own release() throws.
  }
}

/** A connection that breaks while no statement runs on it emits this event, and the next statement fails. */
function ignore(): void {}
