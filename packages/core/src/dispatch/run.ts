import { DeadlineExceededError } from "../errors.ts";
import type { Envelope } from "../events/index.ts";
import type { InFlight } from "../in-flight.ts";
import { promisedOnce } from "../maybe-promise.ts";
import type { Ending } from "../outcome/ending.ts";
import { handlerTimedOut } from "../outcome/endings.ts";
import { startTimer, type Timer } from "../timer.ts";
import { Background } from "./background.ts";
import type { Handler } from "./handler.ts";
import type { Task } from "./task.ts";

/** What a handler needs from the store that granted the run. */
export interface Grant<Tx> {
  readonly fence: number;
  /** Only from a transactional store. */
  readonly tx?: Tx;
}

/** The handler of one task, ready to be called once the store grants it. */
export abstract class HandlerRun<Context, Tx> {
  readonly task: Task<Tx>;
  readonly #event: Envelope<string, unknown>;
  readonly #handler: Handler<never, Context>;
  readonly #inFlight: InFlight;
  #deadline: Timer | undefined;
  #onDeadline: ((ending: undefined) => void) | undefined;
  #isLate = false;
  #aborted: Error | undefined;
  #controller: AbortController | undefined;
  #background: Background | undefined;

  constructor(
    handler: Handler<never, Context>,
    task: Task<Tx>,
    event: Envelope<string, unknown>,
    inFlight: InFlight,
  ) {
    this.#handler = handler;
    this.task = task;
    this.#event = event;
    this.#inFlight = inFlight;
  }

  /** The handler's second argument. */
  protected abstract contextFor(grant: Grant<Tx>): Context;

  /** What the handler returned, or one promise of it. While that is pending, the deadline runs. */
  start(grant: Grant<Tx>): unknown | Promise<unknown> {
    this.task.facts.handlerStartedMs = performance.now();
    const work = promisedOnce(this.#handler(this.#event as never, this.contextFor(grant)));
    if (work instanceof Promise) {
      this.#deadline = startTimer(this.task.leftMs, () => this.#onDeadline?.(undefined));
    }
    return work;
  }

  /** The handler has returned, or its promise has settled: its deadline is over. */
  ended(): void {
    this.task.facts.handlerEndedMs = performance.now();
    clearTimeout(this.#deadline);
  }

  /**
   * Ends a task with what processing comes to, or at the deadline if the handler is at work then. Processing goes on,
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
    const { deadlineMs } = this.task.settings;
    this.#isLate = true;
    this.abort(new DeadlineExceededError(deadlineMs));
    this.background.report(processing);
    return handlerTimedOut(deadlineMs);
  }

  /** Whether the task was given up on at the deadline. */
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
    this.#background ??= new Background(this.task, this.#inFlight);
    return this.#background;
  }
}
