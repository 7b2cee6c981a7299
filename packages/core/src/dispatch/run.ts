import { DeadlineExceededError } from "../errors.ts";
import type { Envelope } from "../events/index.ts";
import type { InFlight } from "../in-flight.ts";
import { type MaybePromise, promisedOnce } from "../maybe-promise.ts";
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

/** What becomes of a task once its handler has done its work, or failed. */
export interface Settling {
  /** When something has to be done to let the handler go on working, in milliseconds from now. */
  readonly keepDueInMs: number;
  /** Called by then at the latest, once. */
  keep(): void;
  returned(): MaybePromise<Ending>;
  threw(error: unknown): MaybePromise<Ending>;
}

const NEXT_TURN = Promise.resolve();

/** The handler of one task, ready to be called once the store grants it. */
export abstract class HandlerRun<Context, Tx> {
  readonly task: Task<Tx>;
  #event: Envelope<string, unknown> | undefined;
  readonly #handler: Handler<never, Context>;
  readonly #inFlight: InFlight;
  #timer: Timer | undefined;
  #end: ((ending: MaybePromise<Ending> | undefined) => void) | undefined;
  /** What processing comes to after the deadline. */
  #late: Promise<Ending> | undefined;
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

  /** What the handler returned, or one promise of it. */
  start(grant: Grant<Tx>): unknown | Promise<unknown> {
    this.task.facts.handlerStartedMs = performance.now();
    const event = this.#event;
    // From here on it is the handler's alone.
    this.#event = undefined;
    return promisedOnce(this.#handler(event as never, this.contextFor(grant)));
  }

  /** The handler is at work: its deadline runs. */
  watch(): void {
    const { leftMs } = this.task;
    if (leftMs > 0) this.#timer = startTimer(leftMs, () => this.#expire());
    else this.#expire();
  }

  /** One timer for both as long as one will do: what is under way is counted in thousands. */
  #watchAndKeep(settling: Settling): void {
    this.#timer = startTimer(Math.min(settling.keepDueInMs, this.task.leftMs), () => {
      settling.keep();
      this.watch();
    });
  }

  /** The handler has returned, or its promise has settled: its deadline is over. */
  ended(): void {
    this.task.facts.handlerEndedMs = performance.now();
    clearTimeout(this.#timer);
  }

  /** What settling a handler's work comes to. Undefined at the deadline: {@link HandlerRun.giveUp} then says what to answer. */
  settled(work: Promise<unknown>, settling: Settling): Promise<Ending | undefined> {
    const ending = this.expectEnding();
    work.then(
      () => this.end(() => settling.returned()),
      (error) => this.end(() => settling.threw(error)),
    );
    // A handler that waits for nothing has ended by then. On Workers, each timer costs 2 µs of CPU time.
    void NEXT_TURN.then(() => {
      if (this.#end !== undefined) this.#watchAndKeep(settling);
    });
    return ending;
  }

  /** What {@link HandlerRun.end} is called with. Undefined at the deadline. */
  expectEnding(): Promise<Ending | undefined> {
    return new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Ends the task with what processing comes to, whether it is late or not. */
  end(settle: () => MaybePromise<Ending>): void {
    const end = this.#end;
    this.#end = undefined;
    try {
      end?.(settle());
    } catch (error) {
      end?.(Promise.reject(error));
    }
  }

  /** Processing goes on. What follows runs in the delivery's asynchronous context, not in the timer's. */
  #expire(): void {
    const end = this.#end;
    if (end === undefined) return;
    this.#late = new Promise((resolve) => {
      this.#end = resolve as typeof end;
    });
    end(undefined);
  }

  /** The deadline has passed. What processing comes to is reported as a late outcome. */
  giveUp(): Ending {
    const { deadlineMs } = this.task.settings;
    this.abort(new DeadlineExceededError(deadlineMs));
    if (this.#late !== undefined) this.background.report(this.#late);
    return handlerTimedOut(deadlineMs);
  }

  /** Whether the task was given up on at the deadline. */
  get isLate(): boolean {
    return this.#late !== undefined;
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
