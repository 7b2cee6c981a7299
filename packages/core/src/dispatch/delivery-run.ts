import type { Authentic } from "../delivery/authenticate.ts";
import { hasWaitUntil, keepAlive } from "../delivery/keep-alive.ts";
import type { InFlight } from "../in-flight.ts";
import type { Answer, IncomingDelivery } from "../incoming.ts";
import type { Ending } from "../outcome/ending.ts";
import type { OutcomeRecord } from "../outcome/record.ts";
import type { Settings } from "../settings.ts";
import type { Handler, HandlerContext } from "./handler.ts";
import { type Grant, HandlerRun } from "./run.ts";

/** A delivery under way: what arrived, the settings that apply to it, and what has come to light about it. */
export class DeliveryRun<Platform, Tx> extends HandlerRun<Tx> {
  readonly incoming: IncomingDelivery<Platform>;
  readonly settings: Settings<Platform, Tx>;
  /** Telemetry is told by it. */
  readonly report: ((record: OutcomeRecord) => void) | undefined;
  readonly #onEnd: (run: DeliveryRun<Platform, Tx>, ending: Ending) => Answer;
  readonly #resolve: (answer: Answer) => void;
  #handler: Handler<never, HandlerContext<Platform, Tx>> | undefined;
  #authentic: Authentic | undefined;

  constructor(
    incoming: IncomingDelivery<Platform>,
    settings: Settings<Platform, Tx>,
    arrivedMs: number,
    inFlight: InFlight,
    onEnd: (run: DeliveryRun<Platform, Tx>, ending: Ending) => Answer,
    resolve: (answer: Answer) => void,
    report: ((record: OutcomeRecord) => void) | undefined,
  ) {
    super(arrivedMs, inFlight);
    this.incoming = incoming;
    this.settings = withinPlatform(settings, deadlineOf(incoming));
    this.#onEnd = onEnd;
    this.#resolve = resolve;
    this.report = report;
  }

  get isKeptAlive(): boolean {
    return hasWaitUntil(this.incoming);
  }

  keepAlive(work: Promise<unknown>): void {
    keepAlive(this.incoming, work);
  }

  /** What to call once the store grants it. */
  prepare(handler: Handler<never, HandlerContext<Platform, Tx>>, authentic: Authentic): void {
    this.#handler = handler;
    this.#authentic = authentic;
  }

  protected call(grant: Grant<Tx>): unknown {
    const handler = this.#handler as Handler<never, HandlerContext<Platform, Tx>>;
    const authentic = this.#authentic as Authentic;
    // From here on event and bytes are the handler's alone: it may need little of them, for long.
    this.#authentic = undefined;
    const context: Context<Platform> & { tx?: Tx } = new Context(this, authentic, grant.fence);
    if ("tx" in grant) context.tx = grant.tx;
    // `HandlerContext` has `tx` exactly where the store grants one, which no type checker can follow.
    return handler(authentic.takeEvent() as never, context as unknown as HandlerContext<Platform, Tx>);
  }

  protected answer(ending: Ending): void {
    this.#resolve(this.#onEnd(this, ending));
  }
}

function deadlineOf(incoming: IncomingDelivery): unknown {
  try {
    return incoming.deadlineMs;
  } catch {
    return undefined;
  }
}

/** With the deadline of a platform that ends a process earlier than the settings expect. */
function withinPlatform<Platform, Tx>(
  settings: Settings<Platform, Tx>,
  deadlineMs: unknown,
): Settings<Platform, Tx> {
  if (typeof deadlineMs !== "number" || !(deadlineMs < settings.deadlineMs)) return settings;
  return { ...settings, deadlineMs: Math.max(0, Math.floor(deadlineMs)) };
}

/** What a context is made of. */
type Run<Platform> = Pick<DeliveryRun<Platform, unknown>, "incoming" | "signal" | "background"> & {
  readonly settings: { readonly namespace: string };
};

/** What few handlers look at is made when they do. */
class Context<Platform> {
  readonly id: string;
  readonly fence: number;
  readonly platform: Platform;
  readonly #run: Run<Platform>;
  readonly #authentic: Authentic;

  constructor(run: Run<Platform>, authentic: Authentic, fence: number) {
    this.id = authentic.id;
    this.fence = fence;
    this.platform = run.incoming.platform;
    this.#run = run;
    this.#authentic = authentic;
  }

  get body(): Uint8Array {
    return this.#authentic.body;
  }

  get namespace(): string {
    return this.#run.settings.namespace;
  }

  get attemptedAt(): Date {
    return this.#authentic.attemptedAt;
  }

  get requestId(): string | undefined {
    return requestIdOf(this.#run.incoming);
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
