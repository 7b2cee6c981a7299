import type { Doings } from "../conductor/doings.ts";
import type { Entry } from "../ledger.ts";

/** Settlements of holders whose claim had been taken over before they asked. Every one has to be refused. */
export function staleSettlements(entries: readonly Entry[]): { accepted: string[]; refused: number } {
  const newest = new Map<string, number>();
  const stale = new Set<string>();
  const accepted = new Set<string>();
  for (const { what, id, fence, pid, settle, result } of entries) {
    const call = `${settle} of ${id} with fence ${fence} by ${pid}`;
    if (what === "claimed") newest.set(id, Math.max(fence, newest.get(id) ?? fence));
    if (what === "settling" && fence < (newest.get(id) ?? fence)) stale.add(call);
    if (what === "settled" && result === "ok" && stale.has(call)) accepted.add(call);
  }
  return { accepted: [...accepted], refused: stale.size - accepted.size };
}

/**
 * Claims that were granted with a fence no higher than that of one before. An owner that asks again is told the same, and a
 * process that was paused may read its claim when it wakes, after newer ones.
 */
export function fenceFaults(entries: readonly Entry[], pauses: Doings["pauses"]): string[] {
  const newest = new Map<string, Entry>();
  const faults: string[] = [];
  for (const entry of entries) {
    const { what, id, fence, owner } = entry;
    if (what !== "claimed") continue;
    const before = newest.get(id);
    const isRepeated = owner !== undefined && owner === before?.owner && fence === before.fence;
    const isReadLate = pauses.some(({ pid, to }) => pid === entry.pid && to < entry.at);
    if (before !== undefined && fence < before.fence && isReadLate) continue;
    if (before !== undefined && fence <= before.fence && !isRepeated) faults.push(`${id} ${fence}`);
    newest.set(id, entry);
  }
  return faults;
}
