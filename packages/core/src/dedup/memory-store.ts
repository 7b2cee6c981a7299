import { retentionFrom, within } from "../bounds.ts";
import { checkOptions } from "../check-options.ts";
import { isProduction } from "../environment.ts";
import { StoreUnavailableError } from "../errors.ts";
import { print } from "../print.ts";
import type { Claim, DedupKey, Forgetting, Holder, LeaseStore, Settlement } from "../store/contract.ts";

const HOUR_MS = 3_600_000;

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** How many ids are kept for each namespace; the oldest finished one makes room. Default 100,000. */
  readonly maxIds?: number;
  /**
   * How long a finished id is remembered, in milliseconds. Default 7 days, at least an hour: mintfax's own retries
   * span some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
}

/** Three words beside the id: the shape of this object decides how much memory a store takes. */
interface Row {
  fence: number;
  /** Of the claim, while the row is PENDING; undefined once it is DONE. */
  owner: string | undefined;
  /** PENDING: when the lease ends. DONE: when retention ends. On the store's clock. */
  untilMs: number;
}

/**
 * A dedup store in this process's memory: for one process, and forgotten when it ends. Use it to try things
 * out, and for a single server where it does no harm to process an event again after a restart. With
 * `NODE_ENV=production`, a line on standard error says so at the first delivery of a process.
 *
 * @throws {ConfigurationError} where an option is out of bounds
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ store: createMemoryStore({ maxIds: 1_000_000 }) });
 * ```
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): LeaseStore {
  checkOptions(options, ["maxIds", "retentionMs"], "createMemoryStore()");
  const { maxIds = 100_000, retentionMs = 7 * 24 * HOUR_MS } = options;
  return new MemoryStore(within("maxIds", maxIds, 1, Number.POSITIVE_INFINITY), retentionFrom(retentionMs));
}

let isInUse = false;

/** Once in a process, for the first of its memory stores that is used. */
function warnInProduction(): void {
  if (isInUse) return;
  isInUse = true;
  if (!isProduction()) return;
  print(
    'The memory store forgets every event at a restart. Use store: createSqliteStore("webhooks.db") of @mintfax-webhooks/sqlite.',
  );
}

class MemoryStore implements LeaseStore {
  readonly kind = "lease";
  readonly #maxIds: number;
  readonly #retentionMs: number;
  readonly #namespaces = new Map<string, Namespace>();

  constructor(maxIds: number, retentionMs: number) {
    this.#maxIds = maxIds;
    this.#retentionMs = retentionMs;
  }

  claim({ namespace, id }: DedupKey, owner: string, leaseMs: number): Claim {
    return this.#of(namespace).claim(id, owner, leaseMs);
  }

  renew({ namespace, id }: DedupKey, holder: Holder, leaseMs: number): Settlement {
    return this.#of(namespace).renew(id, holder, leaseMs);
  }

  complete({ namespace, id }: DedupKey, holder: Holder): Settlement {
    return this.#of(namespace).complete(id, holder);
  }

  release({ namespace, id }: DedupKey, holder: Holder): Settlement {
    return this.#of(namespace).release(id, holder);
  }

  forget({ namespace, id }: DedupKey): Forgetting {
    return this.#of(namespace).forget(id);
  }

  /** A map for each namespace: to join, copy and hash both names would cost more than the rest of a call. */
  #of(name: string): Namespace {
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) {
      warnInProduction();
      namespace = new Namespace(this.#maxIds, this.#retentionMs);
      this.#namespaces.set(name, namespace);
    }
    return namespace;
  }
}

/** The ids of one namespace. */
class Namespace {
  readonly #maxIds: number;
  readonly #retentionMs: number;
  /** In the order of their first claim: a row stays where it is when it is done, so completing costs no more than a look-up. */
  readonly #rows = new Map<string, Row>();
  #pendingCount = 0;
  /** Kept from one eviction to the next: a fresh one would walk over all the gaps that earlier evictions left. */
  #oldest = this.#rows.entries();
  /**
   * One counter for all ids: fences then grow without a row having to be kept for a released or evicted id. It starts at
   * the time, so that they grow over a restart too.
   */
  #fence = Date.now();

  constructor(maxIds: number, retentionMs: number) {
    this.#maxIds = maxIds;
    this.#retentionMs = retentionMs;
  }

  claim(id: string, owner: string, leaseMs: number): Claim {
    const nowMs = monotonicMs();
    const row = this.#rows.get(id);
    if (row === undefined) return this.#add(id, owner, nowMs + leaseMs);
    if (row.owner !== owner) {
      if (nowMs < row.untilMs) return { state: row.owner === undefined ? "done" : "pending" };
      if (row.owner === undefined) {
        // Not in its old place, where it would be the next to make room.
        this.#rows.delete(id);
        return this.#add(id, owner, nowMs + leaseMs);
      }
      row.fence = ++this.#fence;
      row.owner = owner;
    }
    row.untilMs = nowMs + leaseMs;
    return { state: "claimed", fence: row.fence };
  }

  #add(id: string, owner: string, untilMs: number): Claim {
    this.#makeRoom();
    const fence = ++this.#fence;
    this.#rows.set(id, { fence, owner, untilMs });
    this.#pendingCount += 1;
    return { state: "claimed", fence };
  }

  renew(id: string, holder: Holder, leaseMs: number): Settlement {
    const row = this.#rows.get(id);
    if (!isHeldBy(row, holder)) return "lost";
    row.untilMs = monotonicMs() + leaseMs;
    return "ok";
  }

  complete(id: string, holder: Holder): Settlement {
    const row = this.#rows.get(id);
    if (row?.owner === undefined) return row?.fence === holder.fence ? "ok" : "lost";
    if (!isHeldBy(row, holder)) return "lost";
    row.owner = undefined;
    row.untilMs = monotonicMs() + this.#retentionMs;
    this.#pendingCount -= 1;
    return "ok";
  }

  release(id: string, holder: Holder): Settlement {
    const row = this.#rows.get(id);
    if (row === undefined) return "ok";
    if (!isHeldBy(row, holder)) return "lost";
    this.#rows.delete(id);
    this.#pendingCount -= 1;
    return "ok";
  }

  forget(id: string): Forgetting {
    const row = this.#rows.get(id);
    if (row === undefined) return "absent";
    const isCurrent = monotonicMs() < row.untilMs;
    if (row.owner !== undefined) return isCurrent ? "pending" : "absent";
    this.#rows.delete(id);
    return isCurrent ? "forgotten" : "absent";
  }

  #makeRoom(): void {
    if (this.#rows.size < this.#maxIds) return;
    if (this.#pendingCount >= this.#maxIds) {
      throw new StoreUnavailableError(
        `The memory store is full: all of its ${this.#maxIds} ids are being processed. Raise maxIds, or find out why handlers do not finish.`,
      );
    }
    for (;;) {
      const oldest = this.#oldest.next();
      if (oldest.done) this.#oldest = this.#rows.entries();
      else if (oldest.value[1].owner === undefined) {
        this.#rows.delete(oldest.value[0]);
        return;
      }
    }
  }
}

function isHeldBy(row: Row | undefined, { owner, fence }: Holder): row is Row {
  return row?.owner === owner && row.fence === fence;
}

/** Not the wall clock: setting a server's time must neither end a lease nor prolong it. */
function monotonicMs(): number {
  return Math.floor(performance.now());
}
