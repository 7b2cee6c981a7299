import type { IncomingDelivery } from "../incoming.ts";
import type { HandlerContext } from "./handler.ts";

/** What a context is made of. */
interface Run<Platform> {
  readonly delivery: { readonly incoming: IncomingDelivery<Platform> };
  readonly authentic: { readonly id: string; readonly attemptedAt: Date };
  readonly signal: AbortSignal;
  readonly background: { readonly waitUntil: (promise: PromiseLike<unknown>) => void };
}

/** What a handler needs from the store that granted the run. */
export interface Grant<Tx> {
  readonly fence: number;
  /** Only from a transactional store. */
  readonly tx?: Tx;
}

export function grantedContext<Platform, Tx>(
  run: Run<Platform>,
  grant: Grant<Tx>,
): HandlerContext<Platform, Tx> {
  const context: Context<Platform> & { tx?: Tx } = new Context(run, grant.fence);
  if ("tx" in grant) context.tx = grant.tx;
  // `HandlerContext` has `tx` exactly where the store grants one, which no type checker can follow.
  return context as unknown as HandlerContext<Platform, Tx>;
}

/** What few handlers look at is made when they do. */
class Context<Platform> {
  readonly id: string;
  readonly fence: number;
  readonly platform: Platform;
  readonly #run: Run<Platform>;

  constructor(run: Run<Platform>, fence: number) {
    this.id = run.authentic.id;
    this.fence = fence;
    this.platform = run.delivery.incoming.platform;
    this.#run = run;
  }

  get attemptedAt(): Date {
    return this.#run.authentic.attemptedAt;
  }

  get requestId(): string | undefined {
    return requestIdOf(this.#run.delivery.incoming);
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }

  get waitUntil(): (promise: PromiseLike<unknown>) => void {
    return this.#run.background.waitUntil;
  }
}

// As strict as for `webhook-id`: it is not signed, and people will log it.
const REQUEST_ID = /^[\x21-\x7e]{1,256}$/;

function requestIdOf(incoming: IncomingDelivery): string | undefined {
  const requestId = incoming.header("request-id");
  return typeof requestId === "string" && REQUEST_ID.test(requestId) ? requestId : undefined;
}
