import type { Alarm, Alarms } from "#alarms";
import { isPromiseLike } from "../maybe-promise.ts";
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
  readonly #alarms: Alarms;
  #alarm: Alarm | undefined;
  #ended = false;

  constructor(
    store: LeaseStore,
    key: DedupKey,
    holder: Holder,
    leaseMs: number,
    onLost: () => void,
    alarms: Alarms,
  ) {
    this.#store = store;
    this.#key = key;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
    this.#onLost = onLost;
    this.#alarms = alarms;
    this.#schedule();
  }

  /** No renewal after this. */
  end(): void {
    this.#ended = true;
    if (this.#alarm !== undefined) this.#alarms.clear(this.#alarm);
  }

  #schedule(): void {
    if (this.#ended) return;
    this.#alarm = this.#alarms.set(this.#leaseMs / RENEWALS_PER_LEASE, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    try {
      const answer = this.#store.renew(this.#key, this.#holder, this.#leaseMs);
      const settlement = isPromiseLike(answer) ? await withinTime(answer, this.#alarms) : answer;
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
