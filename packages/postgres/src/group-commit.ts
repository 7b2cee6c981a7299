// Not the global one, which fake timers of an application's tests replace.
import { setImmediate } from "node:timers";
import { type DedupKey, StoreUnavailableError } from "@mintfax-webhooks/core/store";
import type { Settings } from "./options.ts";
import { type PostgresClient, type PostgresPool, withClient } from "./pool.ts";
import { explained, mayConcernOneKey } from "./sql-state.ts";

/**
 * Calls of one statement, at most. A claim takes a lock for each, and PostgreSQL has room for 64 locks for each connection
 * that it admits (`max_locks_per_transaction`).
 */
const CALLS_MAX = 60;
/** Statements of one kind that are under way, not counting slow ones. More of them would have fewer calls each. */
const LANES = 2;
/** A second statement is sent beside one that has taken this long. Until then it waits until it is full. */
const LATE_MS = 10;
/** A statement that has taken this long does not hold up the next ones. */
const SLOW_MS = 100;
/** Calls of a slow statement have so many times fewer beside them when they come again. */
const SUSPECTED_PART = 8;
/** Of a server that answers nothing for a while, there are more. */
const SUSPECTS_MAX = 1_000;

/** A call of the store, as the values of its statement. */
export interface Call extends DedupKey {
  readonly owner: string;
}

/** How calls of one kind are answered. */
export interface Kind<Asked extends Call, Answer> {
  /** Runs the statement of one call, which may wait for a lock. */
  alone(client: PostgresClient, call: Asked): Promise<Answer>;
  /**
   * Runs one statement for calls whose keys differ and are sorted.
   *
   * @returns answers a call, given the first one for the same key; `undefined` if it has to be asked alone
   */
  together(
    client: PostgresClient,
    firsts: readonly Asked[],
  ): Promise<(call: Asked, first: Asked) => Answer | undefined>;
  /** Takes an answer whose caller was told that there is none, unless the owner has called again since. */
  giveBack?(call: Asked, answer: Answer): void;
}

/** PostgreSQL stores no NUL, so it ends the namespace. */
export function nameOf({ namespace, id }: { readonly namespace?: unknown; readonly id?: unknown }): string {
  return `${namespace}\0${id}`;
}

/** A call whose answer is waited for. */
interface Waiting<Asked, Answer> {
  readonly call: Asked;
  readonly timer: ReturnType<typeof setTimeout>;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  isGivenUp: boolean;
  /** The statement that is under way for it. */
  sent?: Sent;
}

/** A statement under way. Its connection is closed once all of its calls have been given up. */
interface Sent {
  readonly controller: AbortController;
  waitedFor: number;
  /** Until then, its calls wait for a connection. */
  hasConnection: boolean;
}

/**
 * Answers with one statement, and so with one commit, what is asked for in one turn of the event loop. A call that is alone
 * is sent as it is.
 */
export class GroupCommit<Asked extends Call, Answer> {
  readonly #pool: PostgresPool;
  readonly #settings: Settings;
  readonly #kind: Kind<Asked, Answer>;
  readonly #queue: Waiting<Asked, Answer>[] = [];
  #lanes = 0;
  /** Of these, how many have taken longer than {@link LATE_MS}. */
  #lateLanes = 0;
  #isTurnEnding = false;
  /** Keys of slow statements, and how many calls a statement has with them: one of them may have held up the others. */
  readonly #suspects = new Map<string, number>();
  /** The newest call of each owner until it is answered, where answers can be given back. */
  readonly #newest = new Map<string, Waiting<Asked, Answer>>();

  constructor(pool: PostgresPool, settings: Settings, kind: Kind<Asked, Answer>) {
    this.#pool = pool;
    this.#settings = settings;
    this.#kind = kind;
  }

  /** Rejects within the timeout of the store. */
  ask(call: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting<Asked, Answer> = {
        call,
        timer: setTimeout(() => this.#giveUp(waiting), this.#settings.timeoutMs),
        resolve,
        reject,
        isGivenUp: false,
      };
      if (this.#kind.giveBack !== undefined) this.#newest.set(call.owner, waiting);
      this.#queue.push(waiting);
      if (!this.#isTurnEnding && this.#isLaneFree()) this.#awaitTurn();
    });
  }

  #awaitTurn(): void {
    this.#isTurnEnding = true;
    // By then, all sockets that are readable in this turn have been read.
    setImmediate(() => {
      this.#isTurnEnding = false;
      this.#fillLanes();
    });
  }

  #fillLanes(): void {
    while (this.#queue.length > 0 && this.#isLaneFree()) {
      const batch = this.#stillWaiting(this.#queue.splice(0, this.#nextCount()));
      if (batch.length > 0) void this.#occupyLane(batch);
    }
  }

  #isLaneFree(): boolean {
    if (this.#lanes === LANES) return false;
    return this.#lanes === this.#lateLanes || this.#queue.length >= CALLS_MAX;
  }

  /** How many of the queue share a statement. */
  #nextCount(): number {
    if (this.#suspects.size === 0) return CALLS_MAX;
    let most = CALLS_MAX;
    for (const [index, { call }] of this.#queue.entries()) {
      most = Math.min(most, this.#suspects.get(nameOf(call)) ?? most);
      if (index >= most) return Math.max(index, 1);
    }
    return most;
  }

  async #occupyLane(batch: readonly Waiting<Asked, Answer>[]): Promise<void> {
    this.#lanes += 1;
    let isLate = false;
    let isOccupied = true;
    const leave = (): void => {
      if (!isOccupied) return;
      isOccupied = false;
      clearTimeout(timer);
      this.#lanes -= 1;
      if (isLate) this.#lateLanes -= 1;
      this.#fillLanes();
    };
    const late = (): void => {
      isLate = true;
      this.#lateLanes += 1;
      timer = setTimeout(slow, SLOW_MS - LATE_MS);
      this.#fillLanes();
    };
    const slow = (): void => {
      this.#suspect(batch);
      leave();
    };
    let timer = setTimeout(late, LATE_MS);
    await this.#send(batch);
    leave();
  }

  /** Answers each of the calls, or asks it alone. */
  async #send(batch: readonly Waiting<Asked, Answer>[]): Promise<void> {
    try {
      const [only] = batch;
      if (only === undefined) return;
      if (batch.length === 1) {
        const answer = await this.#withClient(batch, (client) => this.#kind.alone(client, only.call));
        this.#answer(only, answer);
      } else {
        await this.#sendTogether(batch);
      }
      this.#clear(batch);
    } catch (error) {
      // An error is an answer too: what fails at once holds up nothing.
      if (!batch.every(({ isGivenUp }) => isGivenUp)) this.#clear(batch);
      if (batch.length > 1 && mayConcernOneKey(error)) this.#sendAlone(batch);
      else for (const waiting of batch) this.#fail(waiting, explained(error, this.#settings.table));
    }
  }

  async #sendTogether(batch: readonly Waiting<Asked, Answer>[]): Promise<void> {
    let calls: Grouped<Asked, Answer> = [];
    const answerTo = await this.#withClient(batch, (client) => {
      // The wait for a connection may have been too long for some.
      calls = groupedByKey(this.#stillWaiting(batch));
      return this.#kind.together(client, [...new Set(calls.map(([, first]) => first))]);
    });
    const unanswered: Waiting<Asked, Answer>[] = [];
    for (const [waiting, first] of calls) {
      const answer = answerTo(waiting.call, first);
      if (answer === undefined) unanswered.push(waiting);
      else this.#answer(waiting, answer);
    }
    this.#sendAlone(unanswered);
  }

  #suspect(batch: readonly Waiting<Asked, Answer>[]): void {
    if (batch[0]?.sent?.hasConnection !== true) return;
    if (this.#suspects.size >= SUSPECTS_MAX) this.#suspects.clear();
    const most = Math.max(1, Math.floor(batch.length / SUSPECTED_PART));
    for (const { call } of batch) this.#suspects.set(nameOf(call), most);
  }

  #clear(batch: readonly Waiting<Asked, Answer>[]): void {
    if (this.#suspects.size > 0) for (const { call } of batch) this.#suspects.delete(nameOf(call));
  }

  #sendAlone(calls: readonly Waiting<Asked, Answer>[]): void {
    for (const waiting of this.#stillWaiting(calls)) void this.#send([waiting]);
  }

  async #withClient<T>(
    batch: readonly Waiting<Asked, Answer>[],
    use: (client: PostgresClient) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const sent = { controller, waitedFor: batch.length, hasConnection: false };
    for (const waiting of batch) waiting.sent = sent;
    return withClient(this.#pool, controller.signal, (client) => {
      sent.hasConnection = true;
      return use(client);
    });
  }

  #answer(waiting: Waiting<Asked, Answer>, answer: Answer): void {
    if (waiting.isGivenUp) {
      if (this.#newest.get(waiting.call.owner) === waiting) this.#kind.giveBack?.(waiting.call, answer);
    } else {
      clearTimeout(waiting.timer);
      waiting.resolve(answer);
    }
    this.#forget(waiting);
  }

  #fail(waiting: Waiting<Asked, Answer>, error: unknown): void {
    clearTimeout(waiting.timer);
    waiting.reject(error);
    this.#forget(waiting);
  }

  /** Its statement goes on as long as another call waits for it. */
  #giveUp(waiting: Waiting<Asked, Answer>): void {
    waiting.isGivenUp = true;
    const reason = new StoreUnavailableError(
      `PostgreSQL has not answered within ${this.#settings.timeoutMs} ms.`,
    );
    waiting.reject(reason);
    const { sent } = waiting;
    if (sent === undefined) return;
    sent.waitedFor -= 1;
    if (sent.waitedFor > 0) return;
    sent.controller.abort(reason);
  }

  #stillWaiting(calls: readonly Waiting<Asked, Answer>[]): Waiting<Asked, Answer>[] {
    return calls.filter((waiting) => {
      if (waiting.isGivenUp) this.#forget(waiting);
      return !waiting.isGivenUp;
    });
  }

  #forget(waiting: Waiting<Asked, Answer>): void {
    const { owner } = waiting.call;
    if (this.#newest.get(owner) === waiting) this.#newest.delete(owner);
  }
}

/** Sorted, each with the first one for its key. */
type Grouped<Asked, Answer> = readonly (readonly [waiting: Waiting<Asked, Answer>, first: Asked])[];

function groupedByKey<Asked extends Call, Answer>(
  batch: readonly Waiting<Asked, Answer>[],
): Grouped<Asked, Answer> {
  let first: Asked | undefined;
  return [...batch]
    .sort((a, b) => compareKeys(a.call, b.call))
    .map((waiting) => {
      if (first === undefined || compareKeys(first, waiting.call) !== 0) first = waiting.call;
      return [waiting, first] as const;
    });
}

/** Any order will do, as long as all processes have the same. */
function compareKeys(a: DedupKey, b: DedupKey): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}
