import type { Authentic } from "../delivery/authenticate.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { DeadlineExceededError } from "../errors.ts";
import type { InFlight } from "../in-flight.ts";
import { promisedOnce } from "../maybe-promise.ts";
import type { Ending } from "../outcome/ending.ts";
import { handlerTimedOut } from "../outcome/endings.ts";
import { startTimer, type Timer } from "../timer.ts";
import { Background } from "./background.ts";
import { type Grant, grantedContext } from "./context.ts";
import type { Handler, HandlerContext } from "./handler.ts";

/** The handler of one delivery, ready to be called once the store grants it. */
export class HandlerRun<Platform, Tx> {
  readonly delivery: Delivery<Platform, Tx>;
  readonly authentic: Authentic;
  readonly #handler: Handler<never, HandlerContext<Platform, Tx>>;
  readonly #inFlight: InFlight;
  #deadline: Timer | undefined;
  #onDeadline: ((ending: undefined) => void) | undefined;
  #isLate = false;
  #aborted: Error | undefined;
  #controller: AbortController | undefined;
  #background: Background | undefined;

  constructor(
    handler: Handler<never, HandlerContext<Platform, Tx>>,
    delivery: Delivery<Platform, Tx>,
    authentic: Authentic,
    inFlight: InFlight,
  ) {
    this.#handler = handler;
    this.delivery = delivery;
    this.authentic = authentic;
    this.#inFlight = inFlight;
  }

  /** What the handler returned, or one promise of it. While that is pending, the deadline runs. */
  start(grant: Grant<Tx>): unknown | Promise<unknown> {
    this.delivery.facts.handlerStartedMs = performance.now();
    const work = promisedOnce(this.#handler(this.authentic.event as never, grantedContext(this, grant)));
    if (work instanceof Promise) {
      this.#deadline = startTimer(this.delivery.leftMs, () => this.#onDeadline?.(undefined));
    }
    return work;
  }

  /** The handler has returned, or its promise has settled: its deadline is over. */
  ended(): void {
    this.delivery.facts.handlerEndedMs = performance.now();
    clearTimeout(this.#deadline);
  }

  /**
   * Ends a delivery with what processing comes to, or at the deadline if the handler is at work then. Processing goes on,
   * and what it comes to is reported as a late outcome.
   */
  async byDeadline(processing: Promise<Ending>): Promise<Ending> {
    return (await this.#inTime(processing)) ?? this.#giveUpOn(processing);
  }

  /** Undefined at the deadline. What follows runs in the delivery's asynchronous context, not in the timer's. */
  #inTime(processing: Promise<Ending>): Promise<Ending | undefined> {
    return new Promise((resolve, reject) => {
      // Not a closure over `resolve`: V8 then kept what belongs to a delivery until its next full collection of garbage,
      // and `bench --only http:hono` counted 25 % fewer deliveries.
      this.#onDeadline = resolve;
      processing.then(resolve, reject);
    });
  }

  #giveUpOn(processing: Promise<Ending>): Ending {
    const { deadlineMs } = this.delivery.settings;
    this.#isLate = true;
    this.abort(new DeadlineExceededError(deadlineMs));
    this.background.report(processing);
    return handlerTimedOut(deadlineMs);
  }

  /** Whether the delivery was answered at the deadline. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Aborts the handler's signal. The first reason stays. */
  abort(reason: Error): void {
    this.#aborted ??= reason;
    this.#controller?.abort(this.#aborted);
  }

  /** Made when the handler reads it: most handlers never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  get background(): Background {
    this.#background ??= new Background(this.delivery, this.#inFlight);
    return this.#background;
  }
}
