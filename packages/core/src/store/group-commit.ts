import { StoreUnavailableError } from "../errors.ts";
import type { DedupKey } from "./contract.ts";

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

/** A call of a store that {@link GroupCommit} answers. */
export interface GroupCommitCall extends DedupKey {
  readonly owner: string;
}

/** How calls of one kind are answered. */
export interface GroupCommitKind<Connection, Asked extends GroupCommitCall, Answer> {
  /** Runs the statement of one call, which may wait for a lock. */
  alone(connection: Connection, call: Asked): Promise<Answer>;
  /**
   * Runs one statement for calls whose keys differ and are sorted.
   *
   * @returns answers a call, given the first one for the same key; `undefined` if it has to be asked alone
   */
  together(
    connection: Connection,
    firsts: readonly Asked[],
  ): Promise<(call: Asked, first: Asked) => Answer | undefined>;
  /** Takes an answer whose caller was told that there is none, unless the owner has called again since. What it throws is dropped. */
  giveBack?(call: Asked, answer: Answer): void;
}

/** What {@link GroupCommit} needs of a server's store. */
export interface GroupCommitServer<Connection> {
  /** The server's name in errors, such as `"PostgreSQL"`. */
  readonly name: string;
  /** How long a call may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Calls of one statement, at most. */
  readonly callsMax: number;
  /** `setImmediate` of `node:timers`: the global one is replaced by fake timers of an application's tests. */
  readonly afterTurn: (work: () => void) => unknown;
  /** Uses a connection. Closes it, and rejects, once the controller's signal is aborted. May abort it, too. */
  withConnection<T>(controller: AbortController, use: (connection: Connection) => Promise<T>): Promise<T>;
  /** Whether a statement for many keys may have failed because of one of them. If it throws, all of its calls fail. */
  mayConcernOneKey(error: unknown): boolean;
  /** An error of a statement, with the fix where one is known. If it throws, calls fail with the error as it came. */
  explained(error: unknown): unknown;
}

function nameOf({ namespace, id }: DedupKey): string {
  return `${namespace}\0${id}`;
}

/** A call whose answer is waited for. */
interface Waiting<Asked, Answer> {
  readonly call: Asked;
  readonly timer: ReturnType<typeof setTimeout>;
  /** Answers the caller. */
  resolve(answer: Answer): void;
  /** Tells the caller that no answer came. */
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
 * For those who write a store in a database: answers with one statement, and so with one commit, what is asked for in one turn
 * of the event loop. A call that is alone is sent as it is.
 *
 * @example
 * ```ts
 * const claims = new GroupCommit(server, { alone: claimOne, together: claimMany });
 * const claim = await claims.ask({ namespace, id, owner });
 * ```
 */
export class GroupCommit<Connection, Asked extends GroupCommitCall, Answer> {
  readonly #server: GroupCommitServer<Connection>;
  readonly #kind: GroupCommitKind<Connection, Asked, Answer>;
  readonly #queue: Waiting<Asked, Answer>[] = [];
  #lanes = 0;
  /** Of these, how many have taken longer than {@link LATE_MS}. */
  #lateLanes = 0;
  #isTurnEnding = false;
  /** Keys of slow statements, and how many calls a statement has with them: one of them may have held up the others. */
  readonly #suspects = new Map<string, number>();
  /** The newest call of each owner until it is answered, where answers can be given back. */
  readonly #newest = new Map<string, Waiting<Asked, Answer>>();

  /** @param kind one kind of call: each kind has statements of its own */
  constructor(server: GroupCommitServer<Connection>, kind: GroupCommitKind<Connection, Asked, Answer>) {
    this.#server = server;
    this.#kind = kind;
  }

  /** Rejects within the timeout of the store. */
  ask(call: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting<Asked, Answer> = {
        call,
        timer: setTimeout(() => this.#giveUp(waiting), this.#server.timeoutMs),
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
    this.#server.afterTurn(() => {
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
    return this.#lanes === this.#lateLanes || this.#queue.length >= this.#server.callsMax;
  }

  /** How many of the queue share a statement. */
  #nextCount(): number {
    if (this.#suspects.size === 0) return this.#server.callsMax;
    let most = this.#server.callsMax;
    for (const [index, { call }] of this.#queue.entries()) {
      most = Math.min(most, this.#suspects.get(nameOf(call)) ?? most);
      if (index >= most) return index;
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
      if (batch.length === 1) {
        const only = batch[0] as Waiting<Asked, Answer>;
        const answer = await this.#withConnection(batch, (connection) =>
          this.#kind.alone(connection, only.call),
        );
        this.#answer(only, answer);
      } else {
        await this.#sendTogether(batch);
      }
      this.#clear(batch);
    } catch (error) {
      // An error is an answer too: what fails at once holds up nothing.
      if (!batch.every(({ isGivenUp }) => isGivenUp)) this.#clear(batch);
      this.#answerError(batch, error);
    }
  }

  #answerError(batch: readonly Waiting<Asked, Answer>[], error: unknown): void {
    let reason = error;
    try {
      if (batch.length > 1 && this.#server.mayConcernOneKey(error)) {
        this.#sendAlone(batch);
        return;
      }
      reason = this.#server.explained(error);
    } catch {
      // The store's own code has failed at it. The error as it came is the best that is left.
    }
    for (const waiting of batch) this.#fail(waiting, reason);
  }

  async #sendTogether(batch: readonly Waiting<Asked, Answer>[]): Promise<void> {
    const { calls, answerTo } = await this.#withConnection(batch, async (connection) => {
      // The wait for a connection may have been too long for some.
      const calls = groupedByKey(this.#stillWaiting(batch));
      const firsts = [...new Set(calls.map(([, first]) => first))];
      return { calls, answerTo: await this.#kind.together(connection, firsts) };
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

  async #withConnection<T>(
    batch: readonly Waiting<Asked, Answer>[],
    use: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const sent = { controller, waitedFor: batch.length, hasConnection: false };
    for (const waiting of batch) waiting.sent = sent;
    return this.#server.withConnection(controller, (connection) => {
      sent.hasConnection = true;
      return use(connection);
    });
  }

  #answer(waiting: Waiting<Asked, Answer>, answer: Answer): void {
    if (waiting.isGivenUp) {
      if (this.#newest.get(waiting.call.owner) === waiting) this.#giveBack(waiting.call, answer);
    } else {
      clearTimeout(waiting.timer);
      waiting.resolve(answer);
    }
    this.#forget(waiting);
  }

  #giveBack(call: Asked, answer: Answer): void {
    try {
      this.#kind.giveBack?.(call, answer);
    } catch {
      // The other calls of the statement are answered all the same. What is not given back is held until its lease ends.
    }
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
      `${this.#server.name} has not answered within ${this.#server.timeoutMs} ms.`,
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

function groupedByKey<Asked extends GroupCommitCall, Answer>(
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
