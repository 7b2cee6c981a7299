import { DeadlineExceededError } from "../errors.ts";
import type { InFlight } from "../in-flight.ts";
import { isPromiseLike, promiseOf } from "../maybe-promise.ts";
import type { Ending } from "../outcome/ending.ts";
import { handlerTimedOut } from "../outcome/endings.ts";
import { startTimer, type Timer } from "../timer.ts";
import { Background } from "./background.ts";
import { Task } from "./task.ts";

/** What a handler needs from the store that granted the run. */
export interface Grant<Tx> {
  readonly fence: number;
  /** Only from a transactional store. */
  readonly tx?: Tx;
}

/** What becomes of a task once its handler has done its work, or failed. Each has to end the run. */
export interface Settling {
  /** When something has to be done to let the handler go on working, in milliseconds from now. */
  readonly keepDueInMs: number;
  /** Called by then at the latest, once. */
  keep(): void;
  returned(): void;
  threw(error: unknown): void;
}

const NEXT_TURN = Promise.resolve();

/** A task and its handler, which is called once the store grants it. */
export abstract class HandlerRun<Tx> extends Task<Tx> {
  readonly #inFlight: InFlight;
  #timer: Timer | undefined;
  #isOver = false;
  /** Set at the deadline: says that processing has ended after all. */
  #endLate: (() => void) | undefined;
  #aborted: Error | undefined;
  #controller: AbortController | undefined;
  #background: Background | undefined;

  constructor(arrivedMs: number, inFlight: InFlight) {
    super(arrivedMs);
    this.#inFlight = inFlight;
  }

  /** Calls the handler. @returns what it has returned */
  protected abstract call(grant: Grant<Tx>): unknown;

  /** How the task ended, or that its deadline has passed. Called once. */
  protected abstract answer(ending: Ending): void;

  /** Calls the handler. @returns a promise where its work goes on; undefined where it is done */
  start(grant: Grant<Tx>, nowMs: number = performance.now()): Promise<unknown> | undefined {
    this.handlerStartedMs = nowMs;
    const returned = this.call(grant);
    return isPromiseLike(returned) ? promiseOf(returned) : undefined;
  }

  /** The handler is at work: its deadline runs. */
  watch(): void {
    const leftMs = this.leftMs();
    if (leftMs > 0) this.#timer = startTimer(leftMs, () => this.#expire());
    else this.#expire();
  }

  /** One timer for both as long as one will do: what is under way is counted in thousands. */
  #watchAndKeep(settling: Settling): void {
    this.#timer = startTimer(Math.min(settling.keepDueInMs, this.leftMs()), () => {
      settling.keep();
      this.watch();
    });
  }

  /** The handler has returned, or its promise has settled: its deadline is over. */
  ended(): void {
    this.handlerEndedMs = performance.now();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  /** Has a handler's work settled, and keeps what it needs until then. */
  settle(work: Promise<unknown>, settling: Settling): void {
    work.then(
      () => settling.returned(),
      (error) => settling.threw(error),
    );
    // A handler that waits for nothing has ended by then. On Workers, each timer costs 2 µs of CPU time.
    void NEXT_TURN.then(() => {
      if (this.handlerEndedMs === undefined) this.#watchAndKeep(settling);
    });
  }

  /** Ends the task with what processing comes to, whether it is late or not. */
  end(ending: Ending): void {
    if (this.#endLate === undefined) {
      this.#answerOnce(ending);
    } else {
      this.background.tell(ending);
      this.#endLate();
    }
  }

  /** The deadline has passed. Processing goes on, and what it comes to is reported as a late outcome. */
  #expire(): void {
    if (this.#isOver) return;
    const { deadlineMs } = this.settings;
    const late = new Promise<void>((resolve) => {
      this.#endLate = resolve;
    });
    this.abort(new DeadlineExceededError(deadlineMs));
    this.background.track(late);
    this.#answerOnce(handlerTimedOut(deadlineMs));
  }

  #answerOnce(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.answer(ending);
  }

  /** Whether the task was given up on at the deadline. */
  get isLate(): boolean {
    return this.#endLate !== undefined;
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
    this.#background ??= new Background(this, this.#inFlight);
    return this.#background;
  }
}
