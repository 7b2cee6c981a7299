import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { Admission } from "./admission.ts";

/** What this package needs of a `PoolClient` of `pg`. */
export interface PostgresClient {
  /** The server's process, as it was named when the connection was made. Without it, nothing is prepared by name. */
  readonly processID?: number | null;
  /**
   * Whether the server was in a transaction when it last answered: "I" for idle. Without it, as in versions of `pg` that
   * do not have it yet, a lease store spends `BEGIN` and `COMMIT` on each statement.
   */
  getTransactionStatus?(): "I" | "T" | "E" | null;
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

/** Of each pool, over all stores on it. */
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
 * Uses a connection of the pool. One on which something went wrong is closed, whether `use` rejected or `signal` was
 * aborted: what the server still does on it ends there: its answer reaches no other delivery.
 *
 * @param signal aborted before there is a connection: it is given back unused, once it comes
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
 * A connection with a listener: without one, a connection that breaks ends the process. Settles once, however often the pool
 * calls back, and at the latest when `signal` is aborted.
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
      // Not by the promise: by the time that it has resolved, a server that dies right behind its greeting has said so.
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
    // A broken one keeps its listener: it may say more.
    if (error === undefined) client.off("error", ignore);
    client.release(error);
  } catch {
    // What was done on it is done. The pool has to cope with what it throws at itself.
  }
}

/** A connection that breaks while nothing is under way on it says so in its event alone, and the next statement fails. */
function ignore(): void {}
