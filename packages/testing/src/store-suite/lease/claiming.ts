import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Claim, DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { check } from "../check.ts";

/** Long enough for every case to end before it does, in milliseconds. */
export const LEASE_MS = 45_000;

/** Claims a key that must be free. */
export async function take(
  store: LeaseStore,
  key: DedupKey,
  owner: string,
  leaseMs: number = LEASE_MS,
): Promise<Holder> {
  const claim = await store.claim(key, owner, leaseMs);
  if (claim.state !== "claimed") {
    throw new Error(
      `a claim of ${JSON.stringify(key)} by ${owner}: got ${JSON.stringify(claim)}, expected it to be claimed`,
    );
  }
  if (!Number.isSafeInteger(claim.fence)) throw new Error(`a fence of ${claim.fence} is not a whole number`);
  return { owner, fence: claim.fence };
}

/** Claims a key that must be free, and completes it. */
export async function finish(store: LeaseStore, key: DedupKey, owner: string): Promise<Holder> {
  const holder = await take(store, key, owner);
  check("complete by the holder", await store.complete(key, holder), "ok");
  return holder;
}

/** Checks that a claim by another owner is refused with this state. */
export async function checkRefused(
  when: string,
  store: LeaseStore,
  key: DedupKey,
  state: Exclude<Claim["state"], "claimed">,
): Promise<void> {
  check(`a claim by another owner ${when}`, await store.claim(key, "another owner", LEASE_MS), { state });
}

/** Checks that a stale holder can neither renew, complete nor release a key that another holds, or that is done. */
export async function checkLost(
  who: string,
  store: LeaseStore,
  key: DedupKey,
  holder: Holder,
): Promise<void> {
  check(`renew by ${who}`, await store.renew(key, holder, LEASE_MS), "lost");
  check(`complete by ${who}`, await store.complete(key, holder), "lost");
  check(`release by ${who}`, await store.release(key, holder), "lost");
}

/** The same for a free key, of which a release is "ok": it may repeat a release that counted. */
export async function checkFree(
  who: string,
  store: LeaseStore,
  key: DedupKey,
  holder: Holder,
): Promise<void> {
  check(`renew by ${who}`, await store.renew(key, holder, LEASE_MS), "lost");
  check(`complete by ${who}`, await store.complete(key, holder), "lost");
  check(`release by ${who}`, await store.release(key, holder), "ok");
}
