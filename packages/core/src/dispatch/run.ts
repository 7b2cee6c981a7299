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
  returned(): MaybePromise<Ending>;
  threw(error: unknown): MaybePromise<Ending>;
}

/** The handler of one task, ready to be called once the store grants it. */
export abstract class HandlerRun<Context, Tx> {
  readonly task: Task<Tx>;
  readonly #event: Envelope<string, unknown>;
  readonly #handler: Handler<never, Context>;
  readonly #inFlight: InFlight;
  #deadline: Timer | undefined;
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

  /** What the handler returned, or one promise of it. While that is pending, the deadline runs. */
  start(grant: Grant<Tx>): unknown | Promise<unknown> {
    this.task.facts.handlerStartedMs = performance.now();
    const work = promisedOnce(this.#handler(this.#event as never, this.contextFor(grant)));
    if (work instanceof Promise) this.#deadline = startTimer(this.task.leftMs, () => this.#expire());
    return work;
  }

  /** The handler has returned, or its promise has settled: its deadline is over. */
  ended(): void {
    this.task.facts.handlerEndedMs = performance.now();
    clearTimeout(this.#deadline);
  }

  /** What settling a handler's work comes to. Undefined at the deadline: {@link HandlerRun.giveUp} then says what to answer. */
  settled(work: Promise<unknown>, settling: Settling): Promise<Ending | undefined> {
    const ending = this.expectEnding();
    work.then(
      () => this.end(() => settling.returned()),
      (error) => this.end(() => settling.threw(error)),
    );
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
