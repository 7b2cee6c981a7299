import type { Grant, HandlerRun } from "../dispatch/run.ts";
import { StoreUnavailableError, TransactionEndedError } from "../errors.ts";
import { DUPLICATE, type Ending, PROCESSED } from "../outcome/ending.ts";
import { BUSY, handlerFailed, leaseLost, transactionFailed } from "../outcome/endings.ts";
import type { DedupKey, TransactionalStore, TransactionClaim } from "../store/contract.ts";
import { startTimer, type Timer } from "../timer.ts";
import { shown } from "./answers.ts";
import { unanswered } from "./store-call.ts";

/** A store that has not begun the handler's transaction by then counts as down. */
const BEGIN_LIMIT_MS = 5_000;
/** How long the end of a transaction is waited for. */
const END_LIMIT_MS = 3_000;

/**
 * The store's transaction holds the claim, the handler's writes and the completion, so that all of it happens or none. Ends
 * the run.
 */
export function processTransactional<Tx>(
  store: TransactionalStore<Tx>,
  key: DedupKey,
  run: HandlerRun<Tx>,
): void {
  new Transaction(store, key, run).begin();
}

/** One call of `transact`. Of what the store does, only what the contract allows counts. */
class Transaction<Tx> {
  readonly #store: TransactionalStore<Tx>;
  readonly #key: DedupKey;
  readonly #run: HandlerRun<Tx>;
  /** The store is waited for, the handler works, the store is waited for once more, all is over. */
  #stage: "begin" | "work" | "end" | "over" = "begin";
  #timer: Timer | undefined;
  /** Settles with the handler, and never rejects. */
  #handling: Promise<"commit" | "rollback"> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(store: TransactionalStore<Tx>, key: DedupKey, run: HandlerRun<Tx>) {
    this.#store = store;
    this.#key = key;
    this.#run = run;
  }

  /** Never throws, and waits for nothing but the handler without a limit. */
  begin(): void {
    this.#expectWithin(Math.max(1, Math.min(BEGIN_LIMIT_MS, this.#run.leftMs())));
    try {
      Promise.resolve(this.#store.transact(this.#key, (claim) => this.#work(claim))).then(
        (result) => this.#answered(result),
        (error) => this.#failed(error),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  async #work(claim: TransactionClaim<Tx>): Promise<"commit" | "rollback"> {
    // Called for the second time, or too late: the event is left to the next attempt.
    if (this.#stage !== "begin") return "rollback";
    try {
      const grant = this.#grantFrom(claim);
      this.#stage = "work";
      clearTimeout(this.#timer);
      this.#handling = this.#handle(grant);
      return this.#handling;
    } catch (error) {
      this.#failed(error);
      return "rollback";
    }
  }

  #grantFrom({ tx, fence, signal }: TransactionClaim<Tx>): Grant<Tx> {
    if (!Number.isSafeInteger(fence)) {
      throw new StoreUnavailableError(
        `The dedup store has granted a transaction with the fence ${shown(fence)}; expected a whole number.`,
      );
    }
    const lost = (): void => this.#run.abort(endedEarly(signal?.reason));
    if (signal?.aborted) lost();
    else signal?.addEventListener("abort", lost);
    return { tx, fence };
  }

  async #handle(grant: Grant<Tx>): Promise<"commit" | "rollback"> {
    try {
      const work = this.#run.start(grant);
      if (work !== undefined) this.#run.watch();
      await work;
    } catch (error) {
      this.#failure = { error };
    }
    if (this.#stage === "over") return "rollback";
    this.#stage = "end";
    this.#run.ended();
    this.#expectWithin(END_LIMIT_MS);
    return this.#failure === undefined ? "commit" : "rollback";
  }

  #answered(result: unknown): void {
    const ending = this.#endingFor(result);
    if (ending === undefined) this.#failed(unexpected(result, this.#stage));
    else this.#end(ending);
  }

  /** Undefined for an answer that the contract does not have at this stage. */
  #endingFor(result: unknown): Ending | undefined {
    if (this.#stage === "begin") {
      if (result === "done") return DUPLICATE;
      if (result === "pending") return BUSY;
    } else if (this.#stage === "end") {
      const failure = this.#failure;
      if (result === "lost") return leaseLost(failure?.error);
      if (result === "committed" && failure === undefined) return PROCESSED;
      if (result === "rolled_back" && failure !== undefined) return handlerFailed(failure.error);
    }
    return undefined;
  }

  #failed(error: unknown): void {
    // Rolling back a failed handler's work may fail too; the handler's error is the one to report.
    this.#end(this.#failure === undefined ? transactionFailed(error) : handlerFailed(this.#failure.error));
  }

  #end(ending: Ending): void {
    if (this.#stage === "over") return;
    const { stage, work } = { stage: this.#stage, work: this.#handling };
    this.#stage = "over";
    clearTimeout(this.#timer);
    if (stage === "work" && work !== undefined) {
      this.#run.abort(endedEarly());
      // Nothing of it will be committed, but pools are not to be closed under it.
      this.#run.background.waitUntil(work);
    }
    this.#run.end(ending);
  }

  #expectWithin(limitMs: number): void {
    this.#timer = startTimer(limitMs, () => this.#failed(unanswered(limitMs)));
  }
}

const EXPECTED = {
  begin: '"done" or "pending" before the handler has run',
  work: "no answer before the handler has ended",
  end: '"committed", "rolled_back" or "lost", as the handler ended',
  over: "no second answer",
};

function endedEarly(cause?: unknown): TransactionEndedError {
  return new TransactionEndedError(
    "The transaction ended before the handler did, and nothing was committed. Stop the work: " +
      "mintfax sends the event again.",
    { cause },
  );
}

function unexpected(result: unknown, stage: keyof typeof EXPECTED): StoreUnavailableError {
  return new StoreUnavailableError(
    `The dedup store answered transact with ${shown(result)}; expected ${EXPECTED[stage]}.`,
  );
}
