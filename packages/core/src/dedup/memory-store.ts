import { ConfigurationError, StoreUnavailableError } from "../errors.ts";
import type { Claim, DedupKey, Forgetting, Holder, LeaseStore, Settlement } from "./store.ts";

const HOUR_MS = 3_600_000;

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** How many ids are kept; the oldest finished one makes room. Default 100,000. */
  readonly maxIds?: number;
  /**
   * How long a finished id is remembered, in milliseconds. Default 7 days, at least an hour: mintfax's own retries
   * span some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
}

/** Object shape is the memory bill: two small integers beside the id. */
interface Row {
  fence: number;
  /** PENDING: when the lease ends. DONE: when retention ends. On the store's clock. */
  untilMs: number;
}

interface PendingRow extends Row {
  readonly owner: string;
}

/**
 * A dedup store in this process's memory: for one process, and forgotten when it ends. Right for trying out, and
 * for a single server where an event processed again after a restart does no harm.
 *
 * @throws {ConfigurationError} where an option is out of bounds
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ store: createMemoryStore({ maxIds: 1_000_000 }) });
 * ```
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): LeaseStore {
  const { maxIds = 100_000, retentionMs = 7 * 24 * HOUR_MS } = options;
  if (!Number.isSafeInteger(maxIds) || maxIds < 1) {
    throw new ConfigurationError(
      "option_out_of_bounds",
      `maxIds is ${maxIds}; expected a whole number of at least 1.`,
    );
  }
  if (!(retentionMs >= HOUR_MS)) {
    throw new ConfigurationError(
      "option_out_of_bounds",
      `retentionMs is ${retentionMs}; expected at least ${HOUR_MS} (one hour), longer than mintfax's own retries.`,
    );
  }
  return new MemoryStore(maxIds, retentionMs);
}

class MemoryStore implements LeaseStore {
  readonly kind = "lease";
  readonly #maxIds: number;
  readonly #retentionMs: number;
  readonly #pending = new Map<string, PendingRow>();
  /** In order of completion, so the oldest comes first. */
  readonly #done = new Map<string, Row>();
  /** Kept from one eviction to the next: a fresh one would walk over all the gaps that earlier evictions left. */
  #oldestDone = this.#done.keys();
  /** One counter for all ids: fences then grow without a row having to be kept for a released or evicted id. */
  #fence = 0;

  constructor(maxIds: number, retentionMs: number) {
    this.#maxIds = maxIds;
    this.#retentionMs = retentionMs;
  }

  claim(key: DedupKey, owner: string, leaseMs: number): Claim {
    const name = nameOf(key);
    const nowMs = monotonicMs();
    const pending = this.#pending.get(name);
    if (pending !== undefined) {
      if (pending.owner === owner) {
        pending.untilMs = nowMs + leaseMs;
        return { state: "claimed", fence: pending.fence };
      }
      if (nowMs < pending.untilMs) return { state: "pending" };
    } else {
      const done = this.#done.get(name);
      if (done !== undefined && nowMs < done.untilMs) return { state: "done" };
      if (done !== undefined) this.#done.delete(name);
      this.#makeRoom();
    }
    const fence = ++this.#fence;
    this.#pending.set(name, { owner, fence, untilMs: nowMs + leaseMs });
    return { state: "claimed", fence };
  }

  renew(key: DedupKey, holder: Holder, leaseMs: number): Settlement {
    const row = this.#pending.get(nameOf(key));
    if (!isHeldBy(row, holder)) return "lost";
    row.untilMs = monotonicMs() + leaseMs;
    return "ok";
  }

  complete(key: DedupKey, holder: Holder): Settlement {
    const name = nameOf(key);
    if (this.#done.get(name)?.fence === holder.fence) return "ok";
    if (!isHeldBy(this.#pending.get(name), holder)) return "lost";
    this.#pending.delete(name);
    this.#done.set(name, { fence: holder.fence, untilMs: monotonicMs() + this.#retentionMs });
    return "ok";
  }

  release(key: DedupKey, holder: Holder): Settlement {
    const name = nameOf(key);
    if (!isHeldBy(this.#pending.get(name), holder)) return "lost";
    this.#pending.delete(name);
    return "ok";
  }

  forget(key: DedupKey): Forgetting {
    const name = nameOf(key);
    const nowMs = monotonicMs();
    const pending = this.#pending.get(name);
    if (pending !== undefined && nowMs < pending.untilMs) return "pending";
    const done = this.#done.get(name);
    this.#done.delete(name);
    return done !== undefined && nowMs < done.untilMs ? "forgotten" : "absent";
  }

  #makeRoom(): void {
    if (this.#pending.size + this.#done.size < this.#maxIds) return;
    let oldest = this.#oldestDone.next();
    if (oldest.done) {
      // It had run to the end of the map before the last ids were finished.
      this.#oldestDone = this.#done.keys();
      oldest = this.#oldestDone.next();
    }
    if (oldest.value === undefined) {
      throw new StoreUnavailableError(
        `The memory store is full: all of its ${this.#maxIds} ids are being processed. Raise maxIds, or find out why handlers do not finish.`,
      );
    }
    this.#done.delete(oldest.value);
  }
}

function isHeldBy(row: PendingRow | undefined, { owner, fence }: Holder): row is PendingRow {
  return row?.fence === fence && row.owner === owner;
}

function nameOf(key: DedupKey): string {
  // An id holds no space, so the last one ends the namespace.
  return `${key.namespace} ${key.id}`;
}

/** Not the wall clock: setting a server's time must neither end a lease nor prolong it. */
function monotonicMs(): number {
  return Math.floor(performance.now());
}
