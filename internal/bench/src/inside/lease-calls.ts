/** Claims and completions through a lease store, with other calls beside them and without. */
import { randomUUID } from "node:crypto";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { percentiles } from "../stats/summary.ts";
import { inFlight, type Taken } from "./in-flight.ts";

/** As the engine's are. */
export const OWNER = "2f1c1a52-5c3e-4a52-9d3c-6f1f4b0a7e11";
const LEASE_MS = 45_000;

/** Calls of one store share statements. Of stores with one call each, every call is a statement of its own. */
export type Sharing = "together" | "alone";

export type OpenStore = (table: string) => LeaseStore;

/** One for each call that is in flight. */
function storesOf(open: OpenStore, { table, sharing, atOnce }: Calls): LeaseStore[] {
  if (sharing === "alone") return Array.from({ length: atOnce }, () => open(table));
  return Array<LeaseStore>(atOnce).fill(open(table));
}

export interface Calls {
  readonly table: string;
  readonly sharing: Sharing;
  readonly count: number;
  readonly atOnce: number;
}

/** A claim and a completion for each of `count` ids. */
export function claimsAndCompletions(open: OpenStore, calls: Calls): Promise<Taken> {
  const { count, atOnce } = calls;
  const free = storesOf(open, calls);
  const prefix = `evt_${randomUUID().slice(0, 14)}`;
  return inFlight(
    count,
    async (n) => {
      const store = free.pop() as LeaseStore;
      const key = { namespace: "mintfax", id: `${prefix}${String(n).padStart(8, "0")}` };
      const owner = `${OWNER}.${n}`;
      const claim = await store.claim(key, owner, LEASE_MS);
      if (claim.state !== "claimed") throw new Error(claim.state);
      const settled = await store.complete(key, { owner, fence: claim.fence });
      if (settled !== "ok") throw new Error(settled);
      free.push(store);
    },
    atOnce,
  );
}

/** How long claims take: the median, and what 99 of 100 do not exceed. */
export interface ClaimTimes {
  readonly medianMs: number;
  readonly p99Ms: number;
}

export async function claimTimes(open: OpenStore, calls: Calls): Promise<ClaimTimes> {
  const { count, atOnce } = calls;
  const free = storesOf(open, calls);
  const prefix = `evt_${randomUUID().slice(0, 14)}`;
  const times = new Float64Array(count);
  await inFlight(
    count,
    async (n) => {
      const store = free.pop() as LeaseStore;
      const startMs = performance.now();
      await store.claim(
        { namespace: "mintfax", id: `${prefix}${String(n).padStart(8, "0")}` },
        OWNER,
        LEASE_MS,
      );
      times[n] = performance.now() - startMs;
      free.push(store);
    },
    atOnce,
  );
  const [medianMs, p99Ms] = percentiles(times, [0.5, 0.99]) as [number, number];
  return { medianMs, p99Ms };
}
