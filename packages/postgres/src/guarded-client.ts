import { MintfaxWebhookError, TransactionEndedError } from "@mintfax-webhooks/core/store";
import type { PostgresClient } from "./pool.ts";

type Callback = (error: Error) => void;

/** A query object, a cursor or a stream, as `client.query` of `pg` takes them. */
interface Submittable {
  submit: unknown;
  handleError(error: Error, connection: unknown): void;
}

/**
 * A client for the length of one transaction. Afterwards the connection serves others, and a statement that comes too
 * late would be committed by itself, or within a transaction of theirs.
 */
export class GuardedClient<Client extends PostgresClient> {
  /** Does what the client does until {@link end}; then it refuses everything. */
  readonly client: Client;
  readonly #real: Client;
  #state: "open" | "ending" | "ended" = "open";
  /** What PostgreSQL made of the transaction, as far as it was ended through this client. */
  #endedBy: Promise<unknown> | undefined;

  /** @param release for a library, which is used to giving its connection back */
  constructor(client: Client, release: () => void = refuseRelease) {
    this.#real = client;
    const own: Readonly<Record<PropertyKey, unknown>> = {
      query: this.#query,
      release,
      end: refuseRelease,
    };
    this.client = new Proxy(client, {
      // Not on the proxy: a getter or method of the client may use what is private to it.
      get: (target, property) =>
        Object.hasOwn(own, property) ? own[property] : this.#member(Reflect.get(target, property, target)),
      set: (target, property, value) => Reflect.set(target, property, value, target),
    });
  }

  /** The handler is done: only the statement that ends the transaction goes through. */
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
    const pass = (): unknown => Reflect.apply(this.#real.query, this.#real, args);
    if (this.#state === "open") return pass();
    if (this.#state === "ending" && endsTransaction(args[0])) {
      const result = pass();
      this.#endedBy = Promise.resolve(result);
      return result;
    }
    return refuseQuery(args, this.#real);
  };

  #member(value: unknown): unknown {
    if (typeof value !== "function") return value;
    return (...args: unknown[]): unknown => {
      // Taking a listener off is tidying up.
      if (this.#state === "ended" && value !== this.#real.off) throw ended();
      const result = Reflect.apply(value, this.#real, args);
      return result === this.#real ? this.client : result;
    };
  }
}

/** As `pg` itself refuses on a connection that is closed: in the way in which the caller expects the answer. */
function refuseQuery(args: readonly unknown[], client: unknown): unknown {
  const [query, values, last] = args;
  const error = ended();
  if (isSubmittable(query)) {
    const { connection } = client as { readonly connection?: unknown };
    queueMicrotask(() => query.handleError(error, connection));
    return query;
  }
  const { callback: configured } = (query ?? {}) as { readonly callback?: unknown };
  const callback = [last, values, configured].find((value) => typeof value === "function");
  if (callback !== undefined) {
    queueMicrotask(() => (callback as Callback)(error));
    return undefined;
  }
  const refused = Promise.reject(error);
  // Not awaited is how it came to be late; that must not end the process.
  refused.catch(() => {});
  return refused;
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
    "tx was used after its transaction had ended, so nothing was done. Await in the handler everything that uses tx, and " +
      "await it with Promise.allSettled where one failure must not leave the others running.",
  );
}

function refuseRelease(): never {
  throw new MintfaxWebhookError(
    "tx_release_refused",
    "The store gives the connection back once the transaction has ended. Remove release() and end() of tx from the handler.",
  );
}
