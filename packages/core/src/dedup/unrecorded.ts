import type { InFlight } from "../in-flight.ts";
import { type Ending, PROCESSED } from "../outcome/ending.ts";
import { completeGivenUp, leaseLost } from "../outcome/endings.ts";
import type { DedupKey, LeaseStore } from "../store/contract.ts";
import type { Lease } from "./lease.ts";

/** How long a process that drains keeps telling the store. */
const DRAIN_LIMIT_MS = 5_000;
/** Cloudflare ends work given to `waitUntil` 30 s after the answer, without an error. */
const PLATFORM_LIMIT_MS = 25_000;

/**
 * Events that were processed, but that the store could not record in time. Only this process knows of them: it keeps
 * telling the store, and meanwhile it does not run their handlers again.
 */
export class Unrecorded {
  readonly #ids = new Map<LeaseStore, Set<string>>();
  readonly #inFlight: InFlight;

  constructor(inFlight: InFlight) {
    this.#inFlight = inFlight;
  }

  has(store: LeaseStore, key: DedupKey): boolean {
    return this.#ids.size > 0 && this.#ids.get(store)?.has(nameOf(key)) === true;
  }

  /**
   * Tries until the event is recorded or lost, or this process drains. Never rejects.
   *
   * @param isKeptAlive by its platform, for a limited time
   */
  async record(lease: Lease, isKeptAlive: boolean): Promise<Ending> {
    const startMs = performance.now();
    this.#add(lease);
    try {
      for (;;) {
        await lease.pause();
        try {
          const settlement = await lease.completeOnce();
          return settlement === "ok" ? PROCESSED : leaseLost();
        } catch (error) {
          const isOver = isKeptAlive && performance.now() - startMs > PLATFORM_LIMIT_MS;
          if (isOver || this.#inFlight.drainingMs > DRAIN_LIMIT_MS) return completeGivenUp(error);
        }
        if (lease.renewalDueInMs < 0 && (await lease.renew()) === "lost") return leaseLost();
      }
    } finally {
      this.#delete(lease);
    }
  }

  #add({ store, key }: Lease): void {
    const ids = this.#ids.get(store) ?? new Set();
    this.#ids.set(store, ids.add(nameOf(key)));
  }

  #delete({ store, key }: Lease): void {
    const ids = this.#ids.get(store);
    ids?.delete(nameOf(key));
    if (ids?.size === 0) this.#ids.delete(store);
  }
}

/** An id has no spaces, so the last space ends the namespace. */
function nameOf({ namespace, id }: DedupKey): string {
  return `${namespace} ${id}`;
}
