import type { Alarm, Alarms } from "#alarms";
import type { Ending } from "../dispatch/run.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import { PROCESSED } from "../outcome.ts";
import { completeUnavailable, handlerFailed, leaseLost } from "./endings.ts";
import type { DedupKey, Holder, LeaseStore, Settlement } from "./store.ts";
import { settle, withinTime } from "./store-call.ts";

/** Three chances to renew before a lease runs out. */
const RENEWALS_PER_LEASE = 3;

/** A claim that is held: kept alive while a handler works, then settled. */
export class Lease {
  readonly #store: LeaseStore;
  readonly #key: DedupKey;
  readonly #holder: Holder;
  readonly #leaseMs: number;
  readonly #alarms: Alarms;
  #alarm: Alarm | undefined;
  #ended = false;

  constructor(store: LeaseStore, key: DedupKey, holder: Holder, leaseMs: number, alarms: Alarms) {
    this.#store = store;
    this.#key = key;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
    this.#alarms = alarms;
  }

  /** Renews it until it is settled. */
  keep(onLost: () => void): void {
    if (this.#ended) return;
    const due = new Promise<void>((ring) => {
      this.#alarm = this.#alarms.set(this.#leaseMs / RENEWALS_PER_LEASE, ring);
    });
    void due.then(() => this.#renew(onLost));
  }

  async #renew(onLost: () => void): Promise<void> {
    try {
      const answer = this.#store.renew(this.#key, this.#holder, this.#leaseMs);
      const settlement = isPromiseLike(answer) ? await withinTime(answer, this.#alarms) : answer;
      if (settlement === "lost") {
        // The handler's settlement will be refused too, so there is nothing to remember.
        if (!this.#ended) onLost();
        return;
      }
    } catch {
      // The store is away; the lease may last until the next try. If it does not, `complete` will say so.
    }
    this.keep(onLost);
  }

  /** The handler has done its work. */
  complete(): MaybePromise<Ending> {
    this.#end();
    const answer = settle(() => this.#store.complete(this.#key, this.#holder), this.#alarms);
    return isPromiseLike(answer) ? answer.then(completed, completeUnavailable) : completed(answer);
  }

  /** The handler has failed: the next attempt may have the event at once. */
  async release(error: unknown): Promise<Ending> {
    this.#end();
    try {
      const settlement = await settle(() => this.#store.release(this.#key, this.#holder), this.#alarms);
      if (settlement === "lost") return leaseLost(error);
    } catch {
      // The lease then ends by itself, before mintfax's last attempts. What matters is the handler's failure.
    }
    return handlerFailed(error);
  }

  #end(): void {
    this.#ended = true;
    if (this.#alarm !== undefined) this.#alarms.clear(this.#alarm);
  }
}

const DONE: Ending = { conclusion: PROCESSED };

function completed(settlement: Settlement): Ending {
  return settlement === "ok" ? DONE : leaseLost();
}
