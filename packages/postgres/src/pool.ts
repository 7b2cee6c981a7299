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
  /** Runs a statement; one with a `name` is prepared once for each connection. A text may have several statements. */
  query(
    statement: string | { readonly text: string; readonly name?: string; readonly values?: unknown[] },
  ): Promise<{ readonly rows: readonly unknown[]; readonly command?: string }>;
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
 * @param broken hears of a connection that breaks while no statement runs on it; the next statement fails
 */
export async function withClient<T>(
  pool: PostgresPool,
  signal: AbortSignal,
  use: (client: PostgresClient) => Promise<T>,
  broken: Broken = ignore,
): Promise<T> {
  const admission = admissionOf(pool);
  const leave = admission.isUnlimited ? undefined : await admission.enter(signal);
  const loan = new Loan(signal, admission, leave, broken);
  const client = await loan.take(pool);
  try {
    signal.throwIfAborted();
    const result = await use(client);
    loan.end();
    return result;
  } catch (error) {
    loan.end(error as Error);
    throw error;
  }
}

type Broken = (error: Error) => void;

/** A connection from when it is asked for until it is given back. */
class Loan {
  readonly #signal: AbortSignal;
  readonly #admission: Admission;
  readonly #leave: ((hasCome: boolean) => void) | undefined;
  readonly #broken: Broken;
  #client: PostgresClient | undefined;
  #isOver = false;
  #reject: (reason: unknown) => void = ignore;

  constructor(
    signal: AbortSignal,
    admission: Admission,
    leave: ((hasCome: boolean) => void) | undefined,
    broken: Broken,
  ) {
    this.#signal = signal;
    this.#admission = admission;
    this.#leave = leave;
    this.#broken = broken;
  }

  /**
   * Adds a listener to the connection: without one, a connection that breaks ends the process. Settles once, however often
   * the pool calls back, and at the latest when the signal is aborted.
   */
  take(pool: PostgresPool): Promise<PostgresClient> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#signal.addEventListener("abort", this.#abort);
      try {
        // Not the promise: a server that dies right after its greeting says so before the promise has resolved.
        const answer: unknown = pool.connect((error, client) => {
          if (client === this.#client && client !== undefined) return;
          if (!client) return this.#fail(error ?? new StoreUnavailableError(NEITHER));
          this.#leave?.(true);
          if (this.#isOver || this.#client !== undefined) return giveBack(client, ignore);
          this.#client = client;
          try {
            client.on("error", this.#broken);
            resolve(client);
          } catch (cause) {
            this.end(cause as Error);
            reject(cause);
          }
        });
        if (answer instanceof Promise) answer.catch((error) => this.#fail(error));
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** @param error closes the connection */
  end(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal.removeEventListener("abort", this.#abort);
    if (this.#client !== undefined) giveBack(this.#client, this.#broken, error);
  }

  #fail(error: unknown): void {
    if (this.#leave === undefined) this.#admission.limit();
    else this.#leave(false);
    if (this.#client !== undefined) return;
    this.end();
    this.#reject(error);
  }

  readonly #abort = (): void => {
    // A connection that was waited for in a place of its own gives the place back when it comes.
    if (this.#leave === undefined || this.#client !== undefined) this.#admission.limit();
    this.#reject(this.#signal.reason);
    this.end(this.#signal.reason);
  };
}

const NEITHER = "The pool called back with neither an error nor a client; expected one of the two.";

/** @param error closes it */
function giveBack(client: PostgresClient, listener: Broken, error?: Error): void {
  try {
    // A broken connection keeps its listener: it may emit more errors.
    if (error === undefined) client.off("error", listener);
    client.release(error);
  } catch {
    // The work on the connection is over. The pool has to handle what its own release() throws.
  }
}

function ignore(): void {}
