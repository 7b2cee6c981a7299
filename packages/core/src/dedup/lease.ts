import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import type { DedupKey, Holder, LeaseStore, Settlement } from "../store/contract.ts";
import { startTimer, type Timer } from "../timer.ts";
import { settlementFrom } from "./answers.ts";
import { STORE_TIMEOUT_MS, settle, withinTime } from "./store-call.ts";

/** Three chances to renew before a lease runs out; where one of them fails, the next ones come sooner. */
const RENEWALS_PER_LEASE = 3;

const PATIENCE_MIN_MS = 250;
const RETRY_DELAY_MIN_MS = 100;
const RETRY_DELAY_MAX_MS = 1_000;

/** A claim of one owner. Once it is granted, it is kept alive while a handler works, then settled. */
export class Lease {
  readonly store: LeaseStore;
  readonly key: DedupKey;
  readonly owner: string;
  readonly leaseMs: number;
  #fence = 0;
  /** When the last claim or renewal that counted was sent. The store counts the lease from then, or later. */
  #heldMs = 0;
  #timer: Timer | undefined;
  #ended = false;

  constructor(store: LeaseStore, key: DedupKey, owner: string, leaseMs: number) {
    this.store = store;
    this.key = key;
    this.owner = owner;
    this.leaseMs = leaseMs;
  }

  /** The store has granted the claim that was sent then. */
  hold(fence: number, sentMs: number): void {
    this.#fence = fence;
    this.#heldMs = sentMs;
  }

  get #holder(): Holder {
    return { owner: this.owner, fence: this.#fence };
  }

  /** Renews it until it is settled. */
  renewUntilSettled(onLost: () => void): void {
    if (this.#ended) return;
    const dueInMs = this.renewalDueInMs;
    if (dueInMs > 0) this.#timer = startTimer(dueInMs, () => void this.#keepOn(onLost));
    else void this.#keepOn(onLost);
  }

  async #keepOn(onLost: () => void): Promise<void> {
    let settlement = await this.renew();
    while (settlement === undefined && !this.#ended) {
      await this.pause();
      if (!this.#ended) settlement = await this.renew();
    }
    // Once it has ended, the handler's settlement will be refused too: there is nothing to remember.
    if (settlement === "lost" && !this.#ended) onLost();
    if (settlement === "ok") this.renewUntilSettled(onLost);
  }

  /** Negative once a renewal is overdue. */
  get renewalDueInMs(): number {
    return this.#heldMs + this.leaseMs / RENEWALS_PER_LEASE - performance.now();
  }

  /** One try to renew it. Undefined where the store cannot be reached. */
  async renew(): Promise<Settlement | undefined> {
    const sentMs = performance.now();
    try {
      const settlement = await this.#answered(() => this.store.renew(this.key, this.#holder, this.leaseMs));
      if (settlement === "ok") this.#heldMs = sentMs;
      return settlement;
    } catch {
      return undefined;
    }
  }

  /** The handler has done its work: tried for 3 s. Rejects where the store could not be told by then. */
  complete(): MaybePromise<Settlement> {
    this.#end();
    return settle(() => this.store.complete(this.key, this.#holder));
  }

  /** One more try to complete it. */
  completeOnce(): Promise<Settlement> {
    return this.#answered(() => this.store.complete(this.key, this.#holder));
  }

  /** The handler has failed: the next attempt may have the event at once. As {@link Lease.complete}. */
  release(): MaybePromise<Settlement> {
    this.#end();
    return settle(() => this.store.release(this.key, this.#holder));
  }

  /** Between one try that failed and the next: the shorter, the less is left of the lease. */
  pause(): Promise<void> {
    const leftMs = this.#leftMs;
    const delayMs =
      leftMs > 0
        ? Math.min(Math.max(leftMs / 10, RETRY_DELAY_MIN_MS), RETRY_DELAY_MAX_MS)
        : RETRY_DELAY_MAX_MS;
    return new Promise((resolve) => {
      this.#timer = startTimer(delayMs, resolve);
    });
  }

  async #answered(call: () => MaybePromise<Settlement>): Promise<Settlement> {
    const answer = call();
    if (!isPromiseLike(answer)) return settlementFrom(answer);
    // A call that hangs must leave time for others before the lease ends. After its end nothing is urgent.
    const leftMs = this.#leftMs;
    const patienceMs = leftMs > 0 ? Math.max(leftMs / 4, PATIENCE_MIN_MS) : STORE_TIMEOUT_MS;
    return settlementFrom(await withinTime(answer, patienceMs));
  }

  get #leftMs(): number {
    return this.#heldMs + this.leaseMs - performance.now();
  }

  #end(): void {
    this.#ended = true;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }
}
