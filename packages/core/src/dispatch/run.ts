import type { Authentic } from "../delivery/authenticate.ts";
import { DeadlineExceededError } from "../errors.ts";
import { memberOf } from "../foreign.ts";
import type { InFlight } from "../in-flight.ts";
import type { IncomingDelivery } from "../incoming.ts";
import { promisedOnce } from "../maybe-promise.ts";
import type { Ending } from "../outcome/ending.ts";
import { handlerTimedOut } from "../outcome/endings.ts";
import type { Facts } from "../outcome/facts.ts";
import type { Settings } from "../settings.ts";
import { startTimer, type Timer } from "../timer.ts";
import { Background } from "./background.ts";
import { type Grant, grantedContext } from "./context.ts";
import type { Handler, HandlerContext } from "./handler.ts";

/** What {@link HandlerRun.beforeDeadline} resolves with at the deadline. */
export const LATE: unique symbol = Symbol("late");

/** The handler of one delivery, ready to be called once the store grants it. */
export class HandlerRun<Platform, Tx> {
  readonly incoming: IncomingDelivery<Platform>;
  readonly delivery: Authentic;
  readonly #handler: Handler<never, HandlerContext<Platform, Tx>>;
  readonly #settings: Settings<Platform, Tx>;
  readonly #facts: Facts;
  readonly #inFlight: InFlight;
  #deadline: Timer | undefined;
  #aborted: Error | undefined;
  #controller: AbortController | undefined;
  #background: Background | undefined;

  constructor(
    handler: Handler<never, HandlerContext<Platform, Tx>>,
    incoming: IncomingDelivery<Platform>,
    delivery: Authentic,
    settings: Settings<Platform, Tx>,
    facts: Facts,
    inFlight: InFlight,
  ) {
    this.#handler = handler;
    this.incoming = incoming;
    this.delivery = delivery;
    this.#settings = settings;
    this.#facts = facts;
    this.#inFlight = inFlight;
  }

  /** What the handler returned, or one promise of it. */
  start(grant: Grant<Tx>): unknown | Promise<unknown> {
    this.#facts.handlerStartedMs = performance.now();
    return promisedOnce(this.#handler(this.delivery.event as never, grantedContext(this, grant)));
  }

  get deadlineMs(): number {
    return this.#settings.deadlineMs;
  }

  /** Whether its platform keeps what is given to `waitUntil` alive, instead of living on by itself. */
  get isKeptAlive(): boolean {
    return memberOf(this.incoming, "waitUntil") !== undefined;
  }

  /** Until the deadline. */
  get leftMs(): number {
    return this.#facts.leftMs(this.#settings.deadlineMs);
  }

  /** Waits for the work on a delivery until the deadline. Where the work fails, `ended` is to be called. */
  beforeDeadline<T>(work: PromiseLike<T>): Promise<T | typeof LATE> {
    return new Promise((resolve, reject) => {
      this.#deadline = startTimer(this.leftMs, () => resolve(LATE));
      work.then((value) => {
        this.#clearDeadline();
        resolve(value);
      }, reject);
    });
  }

  /** To be called as soon as what `start` returned has settled: what the store does then has its own, shorter limit. */
  ended(): void {
    this.#facts.handlerEndedMs = performance.now();
    this.#clearDeadline();
  }

  #clearDeadline(): void {
    clearTimeout(this.#deadline);
  }

  /** The deadline has passed: how to answer, and whom to tell how processing ends after all. */
  givenUpOn(processing: Promise<Ending>): Ending {
    const { deadlineMs } = this.#settings;
    this.abort(new DeadlineExceededError(deadlineMs));
    this.background.report(processing);
    return handlerTimedOut(deadlineMs);
  }

  /** Aborts the handler's signal. The first reason stays. */
  abort(reason: Error): void {
    this.#aborted ??= reason;
    this.#controller?.abort(this.#aborted);
  }

  /** Made when somebody looks at it: most handlers never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  get background(): Background {
    this.#background ??= new Background(this.incoming, this.#inFlight, this.#settings, this.#facts);
    return this.#background;
  }
}
