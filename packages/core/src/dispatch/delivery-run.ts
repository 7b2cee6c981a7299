import type { Authentic } from "../delivery/authenticate.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { InFlight } from "../in-flight.ts";
import type { IncomingDelivery } from "../incoming.ts";
import type { Handler, HandlerContext } from "./handler.ts";
import { type Grant, HandlerRun } from "./run.ts";

/** The handler of a delivery over HTTP. */
export class DeliveryRun<Platform, Tx> extends HandlerRun<HandlerContext<Platform, Tx>, Tx> {
  readonly delivery: Delivery<Platform, Tx>;
  readonly authentic: Authentic;

  constructor(
    handler: Handler<never, HandlerContext<Platform, Tx>>,
    delivery: Delivery<Platform, Tx>,
    authentic: Authentic,
    inFlight: InFlight,
  ) {
    super(handler, delivery, authentic.takeEvent(), inFlight);
    this.delivery = delivery;
    this.authentic = authentic;
  }

  protected contextFor(grant: Grant<Tx>): HandlerContext<Platform, Tx> {
    const context: Context<Platform> & { tx?: Tx } = new Context(this, grant.fence);
    if ("tx" in grant) context.tx = grant.tx;
    // `HandlerContext` has `tx` exactly where the store grants one, which no type checker can follow.
    return context as unknown as HandlerContext<Platform, Tx>;
  }
}

/** What a context is made of. */
type Run<Platform> = Pick<DeliveryRun<Platform, unknown>, "authentic" | "signal" | "background"> & {
  readonly delivery: {
    readonly incoming: IncomingDelivery<Platform>;
    readonly settings: { readonly namespace: string };
  };
};

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

  get body(): Uint8Array {
    return this.#run.authentic.body;
  }

  get namespace(): string {
    return this.#run.delivery.settings.namespace;
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
