import {
  MintfaxWebhookError,
  TransactionEndedError,
  TransactionRefusedError,
} from "@mintfax-webhooks/core/store";
import type { PostgresClient } from "./pool.ts";

type Callback = (error: Error | null, result?: unknown) => void;

/** A query object, a cursor or a stream, which `client.query` of `pg` takes too. */
interface Submittable {
  submit: unknown;
  handleError(error: Error, connection: unknown): void;
}

/**
 * A client for the length of one transaction. Afterwards the connection serves other deliveries, and a statement that
 * comes too late would be committed on its own, or inside another delivery's transaction.
 */
export class GuardedClient<Client extends PostgresClient> {
  /** Does what the client does until {@link end}; then it refuses everything. */
  readonly client: Client;
  readonly #real: Client;
  readonly #isForLibrary: boolean;
  #state: "open" | "ending" | "ended" = "open";
  /** How PostgreSQL answered the statement that ended the transaction, if it was sent through this client. */
  #endedBy: Promise<unknown> | undefined;

  /**
   * @param isForLibrary the library ends the transaction and releases the client; otherwise the store does both, and the
   *   handler holds the client itself
   */
  constructor(client: Client, isForLibrary: boolean) {
    this.#real = client;
    this.#isForLibrary = isForLibrary;
    const own: Readonly<Record<PropertyKey, unknown>> = {
      query: this.#query,
      release: isForLibrary ? ignoreRelease : refuseRelease,
      end: refuseRelease,
    };
    this.client = new Proxy(client, {
      // Not on the proxy: a getter or method of the client may use private fields.
      get: (target, property) =>
        Object.hasOwn(own, property) ? own[property] : this.#member(Reflect.get(target, property, target)),
      set: (target, property, value) => Reflect.set(target, property, value, target),
    });
  }

  get isEnded(): boolean {
    return this.#state === "ended";
  }

  /** The handler has settled: only the statement that ends the transaction goes through. */
  expectEnd(): void {
    if (this.#state === "open") this.#state = "ending";
  }

  end(): void {
    this.#state = "ended";
  }

  /** Whether PostgreSQL rolled back at COMMIT, as it does without an error where a statement had failed. */
  async rolledBackAtCommit(): Promise<boolean> {
    const result = (await this.#endedBy) as { readonly command?: string } | undefined;
    return result?.command === "ROLLBACK";
  }

  readonly #query = (...args: unknown[]): unknown => {
    if (this.#state === "open") {
      return this.#isForLibrary && endsTransaction(args[0])
        ? refuseQuery(args, this.#real, endedByHandler())
        : this.#pass(args);
    }
    if (this.#state === "ending" && endsTransaction(args[0])) return this.#passEnd(args);
    return refuseQuery(args, this.#real, ended());
  };

  #pass(args: readonly unknown[]): unknown {
    return Reflect.apply(this.#real.query, this.#real, args);
  }

  #passEnd(args: readonly unknown[]): unknown {
    const callback = callbackOf(args);
    if (callback === undefined) {
      const result = this.#pass(args);
      this.#endedBy = Promise.resolve(result);
      return result;
    }
    let tell: (result: unknown) => void = () => {};
    this.#endedBy = new Promise((resolve) => {
      tell = resolve;
    });
    return this.#pass([
      args[0],
      (error: Error | null, result?: unknown) => {
        tell(result);
        callback(error, result);
      },
    ]);
  }

  #member(value: unknown): unknown {
    if (typeof value !== "function") return value;
    return (...args: unknown[]): unknown => {
      // Removing a listener is tidying up.
      if (this.#state === "ended" && value !== this.#real.off) throw ended();
      const result = Reflect.apply(value, this.#real, args);
      return result === this.#real ? this.client : result;
    };
  }
}

/** Refuses as `pg` does on a closed connection: in the way in which the caller expects the answer. */
function refuseQuery(args: readonly unknown[], client: unknown, error: Error): unknown {
  const [query] = args;
  if (isSubmittable(query)) {
    const { connection } = client as { readonly connection?: unknown };
    queueMicrotask(() => query.handleError(error, connection));
    return query;
  }
  const callback = callbackOf(args);
  if (callback !== undefined) {
    queueMicrotask(() => callback(error));
    return undefined;
  }
  const refused = Promise.reject(error);
  // A query is late because the handler did not await it. That must not end the process.
  refused.catch(() => {});
  return refused;
}

function callbackOf([query, values, last]: readonly unknown[]): Callback | undefined {
  const { callback } = (query ?? {}) as { readonly callback?: unknown };
  return [last, values, callback].find((value) => typeof value === "function") as Callback | undefined;
}

function isSubmittable(query: unknown): query is Submittable {
  return typeof (query as Partial<Submittable> | null | undefined)?.submit === "function";
}

function endsTransaction(query: unknown): boolean {
  const text = typeof query === "string" ? query : (query as { readonly text?: unknown } | null)?.text;
  return typeof text === "string" && /^\s*(?:commit|rollback)\s*;?\s*$/i.test(text);
}

function ended(): TransactionEndedError {
  return new TransactionEndedError(
    "tx was used after its transaction had ended, so the call did nothing. In the handler, await everything that uses tx. " +
      "Use Promise.allSettled where one failure must not leave the other calls running.",
  );
}

function endedByHandler(): TransactionRefusedError {
  return new TransactionRefusedError(
    "The handler ended its transaction itself: it called commit() or rollback() of tx, or sent COMMIT or ROLLBACK. The store " +
      "rolls back instead. Remove the call: the store commits when the handler succeeds and rolls back when it throws.",
  );
}

/** A library releases what it took as a connection; the store gives it back itself. */
function ignoreRelease(): void {}

function refuseRelease(): never {
  throw new MintfaxWebhookError(
    "tx_release_refused",
    "The store gives the connection back once the transaction has ended. Remove release() and end() of tx from the handler.",
  );
}
