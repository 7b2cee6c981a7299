import type { DedupKey, Holder, LeaseStore } from "./store.ts";
import { withinTime } from "./store-call.ts";

/** Three chances to renew before a lease runs out. */
const RENEWALS_PER_LEASE = 3;

/** Keeps one lease alive while a handler works. */
export class Lease {
  readonly #store: LeaseStore;
  readonly #key: DedupKey;
  readonly #holder: Holder;
  readonly #leaseMs: number;
  readonly #onLost: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(store: LeaseStore, key: DedupKey, holder: Holder, leaseMs: number, onLost: () => void) {
    this.#store = store;
    this.#key = key;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
    this.#onLost = onLost;
    this.#schedule();
  }

  /** No renewal after this. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#ended) return;
    this.#timer = setTimeout(() => void this.#renew(), this.#leaseMs / RENEWALS_PER_LEASE);
    // On Node, a handler that never settles must not keep a process that wants to end. Elsewhere timers are numbers.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async #renew(): Promise<void> {
    try {
      const settlement = await withinTime(this.#store.renew(this.#key, this.#holder, this.#leaseMs));
      if (settlement === "lost") {
        // The handler's settlement will be refused too, so there is nothing to remember.
        if (!this.#ended) this.#onLost();
        return;
      }
    } catch {
      // The store is away; the lease may last until the next try. If it does not, `complete` will say so.
    }
    this.#schedule();
  }
}
