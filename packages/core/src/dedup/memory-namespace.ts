import { StoreUnavailableError } from "../errors.ts";
import type { Claim, Forgetting, Holder, Inspection, Settlement } from "../store/contract.ts";
import { type MemoryRow, MemoryRows } from "./memory-rows.ts";

/** A map of this size is copied within a few milliseconds when it grows or closes its gaps. */
const IDS_OF_A_PART = 16_384;
const MOST_PARTS = 1_024;

/**
 * The ids of one namespace, in parts: a map of a million ids stops the process for some 50 to 300 milliseconds whenever
 * it grows.
 */
export class MemoryNamespace {
  readonly #maxIds: number;
  readonly #retentionMs: number;
  /** As many as a power of two. */
  readonly #parts: readonly MemoryRows[];
  #size = 0;
  /**
   * One counter for all ids: fences then grow without a row having to be kept for a released or evicted id. It starts at
   * the time, so that they grow over a restart too. A row holds how far its fence is from there, which takes no memory of
   * its own as long as it is below 2^31.
   */
  readonly #fenceAtStart = Date.now();
  #claims = 0;

  constructor(maxIds: number, retentionMs: number) {
    this.#maxIds = maxIds;
    this.#retentionMs = retentionMs;
    let parts = 1;
    while (parts < MOST_PARTS && parts * IDS_OF_A_PART < maxIds) parts *= 2;
    this.#parts = Array.from({ length: parts }, () => new MemoryRows());
  }

  claim(id: string, owner: string, leaseMs: number): Claim {
    const nowMs = monotonicMs();
    const part = this.#partOf(id);
    const row = part.get(id);
    if (row === undefined) return this.#add(part, id, owner, nowMs + leaseMs);
    if (row.owner !== owner) {
      if (nowMs < row.untilMs) return { state: row.owner === undefined ? "done" : "pending" };
      // Not in its old place, where it would be the next to make room.
      this.#delete(part, id, row);
      return this.#add(part, id, owner, nowMs + leaseMs);
    }
    row.untilMs = nowMs + leaseMs;
    return { state: "claimed", fence: this.#fenceAtStart + row.claim };
  }

  #add(part: MemoryRows, id: string, owner: string, untilMs: number): Claim {
    if (this.#size >= this.#maxIds) this.#makeRoom(part);
    const claim = ++this.#claims;
    part.add(id, { claim, owner, untilMs });
    this.#size += 1;
    return { state: "claimed", fence: this.#fenceAtStart + claim };
  }

  renew(id: string, holder: Holder, leaseMs: number): Settlement {
    const row = this.#partOf(id).get(id);
    if (!this.#isHeldBy(row, holder)) return "lost";
    row.untilMs = monotonicMs() + leaseMs;
    return "ok";
  }

  complete(id: string, holder: Holder): Settlement {
    const part = this.#partOf(id);
    const row = part.get(id);
    if (row === undefined) return "lost";
    if (row.owner === undefined) return this.#fenceAtStart + row.claim === holder.fence ? "ok" : "lost";
    if (!this.#isHeldBy(row, holder)) return "lost";
    part.finish(row, monotonicMs() + this.#retentionMs);
    return "ok";
  }

  release(id: string, holder: Holder): Settlement {
    const part = this.#partOf(id);
    const row = part.get(id);
    if (row === undefined) return "ok";
    if (!this.#isHeldBy(row, holder)) return "lost";
    this.#delete(part, id, row);
    return "ok";
  }

  forget(id: string): Forgetting {
    const part = this.#partOf(id);
    const row = part.get(id);
    if (row === undefined) return "absent";
    const isCurrent = monotonicMs() < row.untilMs;
    if (row.owner !== undefined) return isCurrent ? "pending" : "absent";
    this.#delete(part, id, row);
    return isCurrent ? "forgotten" : "absent";
  }

  inspect(id: string): Inspection {
    const row = this.#partOf(id).get(id);
    if (row === undefined) return { state: "absent" };
    const { owner } = row;
    const leftMs = row.untilMs - monotonicMs();
    if (owner === undefined && leftMs <= 0) return { state: "absent" };
    const nowMs = Date.now();
    const seen = { nowMs, fence: this.#fenceAtStart + row.claim, untilMs: nowMs + leftMs };
    return owner === undefined ? { state: "done", ...seen } : { state: "pending", owner, ...seen };
  }

  /** The part that the new id goes to gives one up, so that all parts keep the size that they have. */
  #makeRoom(part: MemoryRows): void {
    if (!part.evictOldest() && !this.#parts.some((other) => other.evictOldest())) {
      throw new StoreUnavailableError(
        `The memory store is full: all of its ${this.#maxIds} ids are being processed. Raise maxIds, or find out why handlers do not finish.`,
      );
    }
    this.#size -= 1;
  }

  #delete(part: MemoryRows, id: string, row: MemoryRow): void {
    part.delete(id, row);
    this.#size -= 1;
  }

  #partOf(id: string): MemoryRows {
    const count = this.#parts.length;
    return this.#parts[count === 1 ? 0 : hashOfEnd(id) & (count - 1)] as MemoryRows;
  }

  #isHeldBy(row: MemoryRow | undefined, { owner, fence }: Holder): row is MemoryRow {
    return row?.owner === owner && this.#fenceAtStart + row.claim === fence;
  }
}

/** Ids differ at their end. FNV-1a of the last 12 characters, with its high bits, which are the better ones, folded in. */
function hashOfEnd(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, id.length - 12); at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

/** Not the wall clock: setting a server's time must neither end a lease nor prolong it. */
function monotonicMs(): number {
  return Math.floor(performance.now());
}
