import { setImmediate } from "node:timers";
import { GroupCommit, type GroupCommitCall, type GroupCommitServer } from "@mintfax-webhooks/core/store";
import { type Gate, gate } from "test-support/gate";

/** A statement that the database has been sent. It is answered when the test says so. */
export interface HeldStatement {
  readonly kind: "alone" | "together";
  readonly keys: readonly string[];
  readonly connection: HeldConnection;
  answer(): void;
  fail(error: unknown): void;
}

/** Its signal is aborted where the store gives the connection up. */
export interface HeldConnection {
  readonly signal: AbortSignal;
}

/** How the database differs from one that answers each call. */
export interface HeldDatabaseOptions {
  readonly callsMax?: number;
  readonly timeoutMs?: number;
  /** Ids that a statement for many leaves out: it answers `undefined`. */
  readonly leftOut?: readonly string[];
  /** In place of what a statement for many answers with. */
  readonly together?: () => Promise<never>;
  /** Hears of what is given back. Default: nothing can be given back. */
  readonly giveBack?: (call: GroupCommitCall, answer: string) => void;
  /** Default: a connection is there at once. */
  readonly connected?: () => Promise<void>;
  readonly mayConcernOneKey?: (error: unknown) => boolean;
  /** Default: the error in other words. */
  readonly explained?: (error: unknown) => unknown;
}

/** Of each call, unless the options say otherwise. */
export const TIMEOUT_MS = 1_000;

/** A turn of the event loop, which fake timers do not hold up. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * A database in memory, which tells for each key who claimed it first. A statement has done its work when it is sent, and answers
 * when the test says so.
 */
export class HeldDatabase implements GroupCommitServer<HeldConnection> {
  readonly name = "HeldDB";
  readonly timeoutMs: number;
  readonly callsMax: number;
  /** All statements, in the order in which they came. */
  readonly statements: HeldStatement[] = [];
  /** Connections that the store has asked for. */
  readonly asked: AbortController[] = [];
  /** How often the store has asked for the end of a turn. */
  turns = 0;
  readonly #options: HeldDatabaseOptions;
  readonly #holders = new Map<string, string>();
  readonly #claims: GroupCommit<HeldConnection, GroupCommitCall, string>;

  constructor(options: HeldDatabaseOptions = {}) {
    this.#options = options;
    this.callsMax = options.callsMax ?? 100;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const { giveBack } = options;
    this.#claims = new GroupCommit(this, {
      alone: (connection, call) => this.#sent("alone", connection, [call], () => this.#holderOf(call)),
      together: (connection, firsts) =>
        this.#sent("together", connection, firsts, () => {
          if (options.together !== undefined) return options.together() as never;
          return (call: GroupCommitCall, first: GroupCommitCall) =>
            options.leftOut?.includes(call.id) === true ? undefined : this.#holderOf(first);
        }),
      ...(giveBack && { giveBack }),
    });
  }

  /** Asks who claimed the id first, and resolves with that owner. */
  readonly claim = (id: string, owner = "me", namespace = "n"): Promise<string> =>
    this.ask({ namespace, id, owner });

  /** The same with a call that the test has made. */
  readonly ask = (call: GroupCommitCall): Promise<string> => {
    const claimed = this.#claims.ask(call);
    // Few tests look at all of their claims.
    claimed.catch(() => {});
    return claimed;
  };

  /** The same for many ids, whose answers do not matter. */
  readonly askFor = (ids: readonly string[]): void => {
    for (const id of ids) void this.claim(id);
  };

  /** The same for many ids. */
  readonly claimAll = (ids: readonly string[]): Promise<string>[] => ids.map((id) => this.claim(id));

  /** How many keys each of the statements has. */
  get sizes(): readonly number[] {
    return this.statements.map(({ keys }) => keys.length);
  }

  /** Answers all statements, and those that come meanwhile. */
  async answerAll(): Promise<void> {
    for (let n = 0; n < this.statements.length; n += 1) {
      this.statements[n]?.answer();
      await turn();
    }
  }

  readonly afterTurn = (work: () => void): void => {
    this.turns += 1;
    setImmediate(work);
  };

  async withConnection<T>(
    controller: AbortController,
    use: (connection: HeldConnection) => Promise<T>,
  ): Promise<T> {
    this.asked.push(controller);
    const { signal } = controller;
    const used = async (): Promise<T> => {
      await this.#options.connected?.();
      signal.throwIfAborted();
      return use({ signal });
    };
    return Promise.race([used(), abortOf(signal)]);
  }

  mayConcernOneKey(error: unknown): boolean {
    return this.#options.mayConcernOneKey?.(error) ?? false;
  }

  explained(error: unknown): unknown {
    if (this.#options.explained !== undefined) return this.#options.explained(error);
    return error instanceof Error ? new Error(`HeldDB said: ${error.message}`, { cause: error }) : error;
  }

  #holderOf(call: GroupCommitCall): string {
    return this.#holders.get(nameOf(call)) ?? "no owner";
  }

  async #sent<T>(
    kind: HeldStatement["kind"],
    connection: HeldConnection,
    calls: readonly GroupCommitCall[],
    answer: () => T,
  ): Promise<T> {
    for (const call of calls)
      if (!this.#holders.has(nameOf(call))) this.#holders.set(nameOf(call), call.owner);
    const held: Gate<void> = gate();
    this.statements.push({
      kind,
      keys: calls.map(nameOf),
      connection,
      answer: held.open,
      fail: held.fail,
    });
    await held.promise;
    return answer();
  }
}

/** On its own, so that it holds nothing of a call. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

function nameOf({ namespace, id }: GroupCommitCall): string {
  return `${namespace}/${id}`;
}
