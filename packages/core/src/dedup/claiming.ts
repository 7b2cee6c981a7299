import { isPromiseLike, type MaybePromise, promiseOf } from "../maybe-promise.ts";
import { isMisconfigured } from "../outcome/endings.ts";
import type { Claim, DedupKey, LeaseStore } from "../store/contract.ts";
import { startTimer, type Timer } from "../timer.ts";
import { type ClaimResult, claimResultFrom } from "./answers.ts";
import { STOOD_STILL_MS, STORE_TIMEOUT_MS, settle, unanswered } from "./store-call.ts";

/** What is asked for. */
export interface Claiming {
  readonly store: LeaseStore;
  readonly key: DedupKey;
  readonly owner: string;
  readonly leaseMs: number;
}

/** The delivery or message that waits for a claim. */
interface Waiting {
  /** How much time it has left. */
  leftMs(): number;
}

/**
 * Asks for a claim. Where no answer comes, it is asked for once more in the time that is left, by the same owner: had the
 * first one come through, the store says so again. Rejects where that does not help either.
 */
export function claim(claiming: Claiming, waiting: Waiting): MaybePromise<ClaimResult> {
  const first = ask(claiming);
  return first instanceof Promise ? new PendingClaim(claiming, waiting).from(first) : first;
}

/** Gives a claim back that no handler will run on. */
export async function giveBack({ store, key, owner }: Claiming, fence: number): Promise<void> {
  try {
    await settle(() => store.release(key, { owner, fence }));
  } catch {
    // The lease ends by itself.
  }
}

function ask({ store, key, owner, leaseMs }: Claiming): ClaimResult | Promise<Claim> {
  try {
    const answer = store.claim(key, owner, leaseMs);
    return isPromiseLike(answer) ? promiseOf(answer) : claimResultFrom(answer);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A claim whose answer is waited for. The first answer counts, whichever of its calls it belongs to. */
class PendingClaim {
  readonly #claiming: Claiming;
  readonly #waiting: Waiting;
  readonly #limitMs: number;
  readonly #startMs = performance.now();
  #calls = 0;
  #timer: Timer | undefined;
  #decision: ClaimResult | "failed" | undefined;
  #resolve!: (result: ClaimResult) => void;
  #reject!: (error: unknown) => void;

  constructor(claiming: Claiming, waiting: Waiting) {
    this.#claiming = claiming;
    this.#waiting = waiting;
    this.#limitMs = Math.max(1, Math.min(waiting.leftMs(), STORE_TIMEOUT_MS));
  }

  from(first: Promise<Claim>): Promise<ClaimResult> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#await(first, this.#limitMs / 2);
    });
  }

  #await(answer: Promise<Claim>, patienceMs: number): void {
    this.#calls += 1;
    const call = this.#calls;
    const dueMs = performance.now() + patienceMs;
    this.#timer = startTimer(patienceMs, () => {
      this.#failed(unanswered(this.#limitMs), call, performance.now() > dueMs + STOOD_STILL_MS);
    });
    answer.then(
      (claim) => this.#answered(claim, call),
      (error) => this.#failed(error, call),
    );
  }

  #answered(claim: Claim, call: number): void {
    let result: ClaimResult;
    try {
      result = claimResultFrom(claim);
    } catch (error) {
      this.#failed(error, call);
      return;
    }
    if (this.#decision === undefined) {
      this.#decide(result);
      this.#resolve(result);
    } else if (typeof result === "number" && result !== this.#decision) {
      // It arrived after its delivery was answered. The other call may answer the same.
      this.#decision = result;
      void giveBack(this.#claiming, result);
    }
  }

  /** @param stoodStill this process was paused, so an answer may have arrived that it has not read yet */
  #failed(error: unknown, call: number, stoodStill: boolean = false): void {
    if (this.#decision !== undefined || call !== this.#calls) return;
    const isRepeatable = (call === 1 || stoodStill) && !isMisconfigured(error);
    if (!isRepeatable || this.#waiting.leftMs() <= 0) {
      this.#decide("failed");
      this.#reject(error);
      return;
    }
    clearTimeout(this.#timer);
    const spentMs = Math.min(performance.now() - this.#startMs, this.#limitMs / 2);
    const again = ask(this.#claiming);
    if (again instanceof Promise) {
      this.#await(again, this.#limitMs - spentMs);
    } else {
      this.#decide(again);
      this.#resolve(again);
    }
  }

  #decide(decision: ClaimResult | "failed"): void {
    this.#decision = decision;
    clearTimeout(this.#timer);
  }
}
