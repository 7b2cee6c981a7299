// Not the global one, which fake timers of an application's tests replace.
import { setImmediate } from "node:timers";
import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { integerFrom, isErrorText, listFrom } from "./answers.ts";
import { BATCH } from "./batch-script.ts";
import type { Connection } from "./connection.ts";
import {
  isCrossSlot,
  isRefusedForKeys,
  messageOf,
  misconfigured,
  scriptErrorFrom,
  storeErrorFrom,
} from "./errors.ts";
import type { Watch } from "./late-claims.ts";
import type { Settings } from "./options.ts";
import type { Answered } from "./replication.ts";
import type { ScriptCalls } from "./script-calls.ts";
import type { Step } from "./steps.ts";

/** Batches under way. More would make batches smaller. */
const LANES = 2;

/** A step whose answer is waited for. */
interface Waiting {
  readonly step: Step<unknown>;
  readonly turn: Turn;
  readonly watch: Watch | undefined;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
  /** Once it was sent. */
  batch: Batch | undefined;
  /** Its caller has an answer, or was told that there is none. */
  isOver: boolean;
}

/** What was asked for in one turn of the event loop, and has one time limit. */
interface Turn {
  readonly all: Waiting[];
  readonly timer: ReturnType<typeof setTimeout>;
  open: number;
}

/** One call of the script. */
interface Batch {
  readonly all: readonly Waiting[];
  /** The connection's signs of life when it was sent. */
  readonly signsBefore: number;
  open: number;
  isInLane: boolean;
  /** Runs once no caller waits for the batch any more. */
  silence: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Sends together what is asked for in one turn of the event loop: one call of one script, in the order in which it was asked
 * for. A step that is alone is sent at once. Two batches are under way at any time, so the others grow meanwhile.
 */
export class GroupCommit {
  readonly #calls: ScriptCalls;
  readonly #connection: Connection;
  readonly #settings: Settings;
  #batchMax: number;
  #queue: Waiting[] = [];
  #turn: Turn | undefined;
  #isTurnEnding = false;
  #isConnecting = false;
  #lanesTaken = 0;
  /** After a batch of several, others are asked for in the same turn. */
  #isAlone = true;

  constructor(calls: ScriptCalls, connection: Connection, settings: Settings) {
    this.#calls = calls;
    this.#connection = connection;
    this.#settings = settings;
    this.#batchMax = connection.isCluster ? 1 : settings.batchMax;
  }

  /** Rejects within the timeout of the store. */
  ask<Answer>(step: Step<Answer>, watch?: Watch): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#turn ??= this.#newTurn();
      const turn = this.#turn;
      const waiting: Waiting = {
        step,
        turn,
        watch,
        resolve: resolve as (answer: unknown) => void,
        reject,
        batch: undefined,
        isOver: false,
      };
      turn.all.push(waiting);
      turn.open += 1;
      this.#queue.push(waiting);
      if (this.#isAlone && this.#lanesTaken < LANES && !this.#isTurnEnding) this.#endTurn();
      else this.#awaitEndOfTurn();
    });
  }

  #newTurn(): Turn {
    const turn: Turn = {
      all: [],
      timer: setTimeout(() => this.#giveUp(turn), this.#settings.timeoutMs),
      open: 0,
    };
    return turn;
  }

  #awaitEndOfTurn(): void {
    if (this.#isTurnEnding) return;
    this.#isTurnEnding = true;
    // By then, all sockets that are readable in this turn have been read.
    setImmediate(() => {
      this.#isTurnEnding = false;
      this.#endTurn();
    });
  }

  #endTurn(): void {
    this.#turn = undefined;
    this.#fillLanes();
  }

  #fillLanes(isReady: boolean = this.#connection.isReady): void {
    while (this.#queue.length > 0 && (this.#lanesTaken < LANES || this.#batchMax === 1)) {
      // A client queues commands until it has a connection. From that queue, a claim that was given up on long ago would be
      // granted before the completion of the process that has worked on the event meanwhile.
      if (!isReady) {
        this.#awaitConnection();
        return;
      }
      const batch = this.#queue.splice(0, this.#batchMax).filter(({ isOver }) => !isOver);
      if (batch.length > 0) this.#send(batch);
    }
  }

  #awaitConnection(): void {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    const look = (isReady: boolean): void => {
      this.#isConnecting = false;
      this.#fillLanes(isReady);
    };
    this.#connection.readyWithin(this.#settings.timeoutMs).then(look, () => look(true));
  }

  #send(all: readonly Waiting[]): void {
    const batch: Batch = {
      all,
      signsBefore: this.#connection.signsOfLife,
      open: all.length,
      isInLane: true,
      silence: undefined,
    };
    this.#lanesTaken += 1;
    this.#isAlone = all.length === 1;
    const keys: string[] = [];
    const args: string[] = [this.#settings.retentionMs];
    for (const waiting of all) {
      const { key, asked, owner } = waiting.step;
      waiting.batch = batch;
      waiting.watch?.sent();
      keys.push(key);
      args.push(asked, owner);
    }
    this.#calls
      .call(BATCH, keys, args)
      .then((answered) => this.#answered(batch, answered))
      .catch((error) => this.#failed(batch, error));
  }

  #answered(batch: Batch, { answer, doubt }: Answered): void {
    this.#close(batch);
    this.#connection.answered();
    let answers: readonly unknown[];
    try {
      answers = listFrom(answer, batch.all.length);
    } catch (error) {
      for (const waiting of batch.all) this.#fail(waiting, error);
      return;
    }
    for (let i = 0; i < answers.length; i += 1) this.#answer(batch.all[i] as Waiting, answers[i], doubt);
  }

  #answer(waiting: Waiting, answer: unknown, doubt: Error | undefined): void {
    const { kind } = waiting.step;
    let integer: number;
    try {
      if (isErrorText(answer)) throw scriptErrorFrom(answer);
      integer = integerFrom(answer, kind.answers);
    } catch (error) {
      this.#connection.failed(error, this.#settings.timeoutMs);
      this.#fail(waiting, storeErrorFrom(error));
      return;
    }
    const isUnheard = waiting.isOver || doubt !== undefined;
    if (this.#end(waiting)) {
      if (doubt === undefined) waiting.resolve(kind.read(integer));
      else waiting.reject(doubt);
    }
    waiting.watch?.ended(isUnheard, integer);
  }

  #failed(batch: Batch, error: unknown): void {
    this.#close(batch);
    this.#connection.failed(error, this.#settings.timeoutMs);
    if (batch.all.length > 1 && isRefusedForKeys(error)) {
      // The server is a node of a cluster, although the client is not one for clusters.
      if (isCrossSlot(error)) this.#batchMax = 1;
      for (const waiting of batch.all) {
        if (waiting.isOver) waiting.watch?.ended(true);
        else this.#send([waiting]);
      }
      return;
    }
    const storeError = storeErrorFrom(error);
    for (const waiting of batch.all) this.#fail(waiting, storeError);
  }

  #fail(waiting: Waiting, error: unknown): void {
    if (this.#end(waiting)) waiting.reject(error);
    waiting.watch?.ended(true);
  }

  /** What was sent may still come through. */
  #giveUp(turn: Turn): void {
    const { timeoutMs } = this.#settings;
    const error = unanswered(timeoutMs, this.#connection.lastError);
    for (const waiting of turn.all) {
      if (waiting.isOver) continue;
      waiting.isOver = true;
      if (waiting.batch === undefined) waiting.watch?.dropped();
      else this.#leave(waiting.batch);
      waiting.reject(error);
    }
    // The oldest are at the front.
    const unsent = this.#queue.findIndex(({ isOver }) => !isOver);
    this.#queue.splice(0, unsent === -1 ? this.#queue.length : unsent);
  }

  /** Its lane is free once no caller waits for it: a call that hangs must not hold up others for ever. */
  #leave(batch: Batch): void {
    batch.open -= 1;
    if (batch.open > 0) return;
    this.#freeLane(batch);
    const { timeoutMs } = this.#settings;
    // If the answer still comes, the connection is alive.
    batch.silence = setTimeout(() => this.#connection.unanswered(batch.signsBefore, timeoutMs), timeoutMs);
    batch.silence.unref();
  }

  #close(batch: Batch): void {
    clearTimeout(batch.silence);
    this.#freeLane(batch);
  }

  #freeLane(batch: Batch): void {
    if (!batch.isInLane) return;
    batch.isInLane = false;
    this.#lanesTaken -= 1;
    if (this.#queue.length > 0) this.#awaitEndOfTurn();
  }

  /** @returns false if its caller has given up already */
  #end(waiting: Waiting): boolean {
    if (waiting.isOver) return false;
    waiting.isOver = true;
    const { turn } = waiting;
    turn.open -= 1;
    if (turn.open === 0) clearTimeout(turn.timer);
    return true;
  }
}

function unanswered(timeoutMs: number, lastError: unknown): Error {
  const complaint = lastError === undefined ? "" : ` The client's newest error: ${messageOf(lastError)}`;
  return (
    misconfigured(lastError) ??
    new StoreUnavailableError(`Redis has not answered within ${timeoutMs} ms.${complaint}`, {
      cause: lastError,
    })
  );
}
