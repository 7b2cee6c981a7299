import { type MaybePromise, withinLimit } from "@mintfax-webhooks/core/store";
import type { Connection, Row } from "./connection.ts";
import { isBusy, lockedError, storeErrorFrom, unanswered, unknownAnswer } from "./errors.ts";
import type { Operation } from "./operations.ts";
import { Sweep } from "./sweep.ts";

/** Limits how long one transaction holds the event loop: some 5 ms beside its flush. */
const OPERATIONS_MAX = 500;

/** Between two tries for the write lock, at most. A flush of another process takes some milliseconds. */
const RETRY_DELAY_MAX_MS = 10;

/** An operation whose answer is waited for. */
interface Waiting {
  readonly operation: Operation<unknown>;
  readonly sinceMs: number;
  /** Where the driver answers later. */
  timer?: ReturnType<typeof setTimeout>;
  isGivenUp: boolean;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

type Answers = readonly (readonly Row[])[];

/**
 * Commits together what is asked for in one turn of the event loop, so that all of it pays for one flush of the disk. One
 * transaction is under way at any time.
 */
export class GroupCommit {
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  readonly #sweep: Sweep;
  #queue: Waiting[] = [];
  #isPrepared: boolean;
  #isUnderWay = false;
  /** Tries for the write lock since it was last had. */
  #tries = 0;
  /** The newest claim of each owner, until it is answered. Only where the driver answers later. */
  readonly #claims = new Map<string, Waiting>();

  /**
   * @param isPrepared whether the connection has been prepared already
   * @param deleteExpired takes the highest number of rows to delete, and returns a row for each
   */
  constructor(connection: Connection, timeoutMs: number, isPrepared: boolean, deleteExpired: string) {
    this.#sweep = new Sweep(deleteExpired);
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
    this.#isPrepared = isPrepared;
  }

  /** Rejects within the timeout of the store. */
  run<Answer>(operation: Operation<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        operation,
        sinceMs: performance.now(),
        isGivenUp: false,
        resolve: resolve as (answer: unknown) => void,
        reject,
      };
      if (this.#connection.answersLater) {
        waiting.timer = setTimeout(() => this.#giveUp(waiting), this.#timeoutMs);
        if (operation.owner !== undefined) this.#claims.set(operation.owner, waiting);
      }
      this.#queue.push(waiting);
      if (!this.#isUnderWay) this.#begin();
    });
  }

  #begin(): void {
    this.#isUnderWay = true;
    // By then, all sockets that are readable in this turn have been read.
    nextTurn(() => void this.#commit());
  }

  async #commit(): Promise<void> {
    const batch = this.#take();
    if (batch.length > 0) {
      try {
        await this.#transact(batch);
        this.#tries = 0;
      } catch (error) {
        if (isBusy(error)) return this.#tryAgain(batch, error);
        // Prepares anew next time: the table may have been dropped.
        this.#isPrepared = false;
        for (const waiting of batch) this.#fail(waiting, storeErrorFrom(error));
      }
    }
    this.#isUnderWay = false;
    if (this.#queue.length > 0) this.#begin();
  }

  #take(): Waiting[] {
    const next = this.#queue.splice(0, OPERATIONS_MAX);
    for (const waiting of next) if (waiting.isGivenUp) this.#forget(waiting);
    return next.filter(({ isGivenUp }) => !isGivenUp);
  }

  async #transact(batch: readonly Waiting[]): Promise<void> {
    if (!this.#isPrepared) {
      await this.#inTime(this.#connection.prepare());
      this.#isPrepared = true;
    }
    const sweep = this.#sweep.callsFor(batch.length);
    const calls = [...batch.flatMap(({ operation }) => operation.calls), ...sweep];
    const read = (answers: Answers): void => {
      if (!areRows(answers) || answers.length !== calls.length) throw unknownAnswer();
      if (sweep.length > 0) this.#sweep.swept(answers.at(-1) as readonly Row[]);
      this.#answer(batch, answers);
    };
    const answers = this.#connection.transact(calls);
    // What comes too late is read all the same.
    await (isPromise(answers) ? this.#inTime(answers.then(read)) : read(answers));
  }

  #inTime<T>(answer: MaybePromise<T>): MaybePromise<T> {
    return isPromise(answer)
      ? withinLimit(answer, this.#timeoutMs, () => unanswered(this.#timeoutMs))
      : answer;
  }

  #answer(batch: readonly Waiting[], answers: Answers): void {
    let at = 0;
    for (const waiting of batch) {
      const { operation } = waiting;
      const own = answers.slice(at, at + operation.calls.length);
      at += operation.calls.length;
      try {
        const answer = operation.read(own);
        if (waiting.isGivenUp) this.#giveBack(waiting, answer);
        clearTimeout(waiting.timer);
        waiting.resolve(answer);
      } catch (error) {
        waiting.reject(error);
      }
      this.#forget(waiting);
    }
  }

  #fail(waiting: Waiting, error: unknown): void {
    clearTimeout(waiting.timer);
    waiting.reject(error);
  }

  /** Its transaction may still come through. */
  #giveUp(waiting: Waiting): void {
    waiting.isGivenUp = true;
    waiting.reject(unanswered(this.#timeoutMs));
  }

  /** The caller of a claim was told that the store is unreachable, so it will not settle the claim, unless it has asked again. */
  #giveBack(waiting: Waiting, answer: unknown): void {
    const { operation } = waiting;
    const undo = operation.undo?.(answer);
    if (undo === undefined || this.#claims.get(operation.owner as string) !== waiting) return;
    this.run(undo).catch(leaseEndsByItself);
  }

  #forget(waiting: Waiting): void {
    const { owner } = waiting.operation;
    if (owner !== undefined && this.#claims.get(owner) === waiting) this.#claims.delete(owner);
  }

  /** Another connection holds the write lock. SQLite would wait with the event loop standing still. */
  #tryAgain(batch: readonly Waiting[], error: unknown): void {
    this.#tries += 1;
    const nowMs = performance.now();
    const isOver = ({ sinceMs, isGivenUp }: Waiting): boolean =>
      isGivenUp || nowMs - sinceMs >= this.#timeoutMs;
    const all = [...batch, ...this.#queue];
    this.#queue = all.filter((waiting) => !isOver(waiting));
    for (const waiting of all.filter(isOver)) this.#fail(waiting, lockedError(error, this.#timeoutMs));
    // At random, so that two processes do not keep meeting.
    const delayMs = 1 + Math.random() * Math.min(this.#tries, RETRY_DELAY_MAX_MS);
    setTimeout(() => void this.#commit(), delayMs);
  }
}

function areRows(answers: unknown): boolean {
  return Array.isArray(answers) && answers.every((rows) => Array.isArray(rows));
}

function isPromise<T>(answer: MaybePromise<T>): answer is PromiseLike<T> {
  return typeof (answer as { readonly then?: unknown } | undefined)?.then === "function";
}

function leaseEndsByItself(): void {}

/** Runtimes at the edge, where a client of a server may run, have no `setImmediate`. */
function nextTurn(work: () => void): void {
  if (typeof setImmediate === "function") setImmediate(work);
  else setTimeout(work, 0);
}
