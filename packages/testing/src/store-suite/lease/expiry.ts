import type { LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { check } from "../check.ts";
import { keyOf } from "../keys.ts";
import { checkFree, checkLost, checkRefused, finish, LEASE_MS, take } from "./claiming.ts";
import type { LeaseProperty } from "./property.ts";

/** A lease that a case can wait for, in milliseconds. The cases assert nothing about the time before its end. */
const SHORT_LEASE_MS = 20;
/** A store whose leases of 20 ms have not run out by then does not end leases. */
const PATIENCE_MS = 5_000;

const key = keyOf("expiring");

/**
 * Waits until every short lease taken before has run out by the store's own clock: it takes one more, and waits for the end
 * of that.
 */
export async function shortLeasesRunOut(store: LeaseStore): Promise<void> {
  const probe = keyOf(`probe-${Math.random().toString(36).slice(2)}`);
  await take(store, probe, "prober", SHORT_LEASE_MS);
  const endMs = performance.now() + PATIENCE_MS;
  while ((await store.claim(probe, "next prober", LEASE_MS)).state !== "claimed") {
    if (performance.now() > endMs) {
      throw new Error(`a lease of ${SHORT_LEASE_MS} ms is still held after ${PATIENCE_MS} ms`);
    }
    // A lease ends without an event; a store is asked again at the pace of the lease.
    await new Promise((resolve) => setTimeout(resolve, SHORT_LEASE_MS));
  }
}

/** Claims a key, and waits until its lease has run out. */
export async function takeAndExpire(store: LeaseStore, expiring: DedupKey, owner: string): Promise<Holder> {
  const holder = await take(store, expiring, owner, SHORT_LEASE_MS);
  await shortLeasesRunOut(store);
  return holder;
}

export const expiry: readonly LeaseProperty[] = [
  {
    name: "a lease that has run out can be taken over, with a higher fence",
    async holds({ store }) {
      const first = await takeAndExpire(store, key, "first");
      const second = await take(store, key, "second");
      check("the fence has grown", second.fence > first.fence, true);
      await checkRefused("after a takeover", store, key, "pending");
    },
  },
  {
    name: "late renew, complete and release of a holder that was taken over change nothing",
    async holds({ store }) {
      const stale = await takeAndExpire(store, key, "stale");
      const holder = await take(store, key, "holder");
      await checkLost("a holder that was taken over", store, key, stale);
      await checkRefused("after them", store, key, "pending");
      check("renew by the new holder", await store.renew(key, holder, LEASE_MS), "ok");
      check("complete by the new holder", await store.complete(key, holder), "ok");
      await checkLost("a holder that was taken over, after the new one was done", store, key, stale);
      await checkRefused("after them", store, key, "done");
    },
  },
  {
    name: "late settlements change nothing after the new holder has released either",
    async holds({ store }) {
      const stale = await takeAndExpire(store, key, "stale");
      check("release by the new holder", await store.release(key, await take(store, key, "holder")), "ok");
      await checkFree("a holder that was taken over", store, key, stale);
      await finish(store, key, "third");
    },
  },
  {
    name: "renew starts the lease anew, from now and not from its end",
    async holds({ store }) {
      const lengthened = keyOf("lengthened");
      const shortened = keyOf("shortened");
      const long = await take(store, lengthened, "long", SHORT_LEASE_MS);
      check("renew with a longer lease", await store.renew(lengthened, long, LEASE_MS), "ok");
      const short = await take(store, shortened, "short", LEASE_MS);
      check("renew with a shorter lease", await store.renew(shortened, short, SHORT_LEASE_MS), "ok");
      await shortLeasesRunOut(store);
      await checkRefused("within a renewed lease", store, lengthened, "pending");
      await take(store, shortened, "next");
    },
  },
  {
    name: "a lease that has run out and was not taken over is still its holder's",
    async holds({ store }) {
      for (const settle of ["complete", "release"] as const) {
        const settled = keyOf(settle);
        const holder = await takeAndExpire(store, settled, "slow");
        check(`${settle} by the holder`, await store[settle](settled, holder), "ok");
      }
      const holder = await takeAndExpire(store, key, "slow");
      check("renew by the holder", await store.renew(key, holder, LEASE_MS), "ok");
      await checkRefused("after it", store, key, "pending");
    },
  },
  {
    name: "a claim repeated by its owner starts the lease anew",
    async holds({ store }) {
      const first = await take(store, key, "me", SHORT_LEASE_MS);
      check("the same claim again", await take(store, key, "me", LEASE_MS), first);
      await shortLeasesRunOut(store);
      await checkRefused("within the repeated claim's lease", store, key, "pending");
    },
  },
  {
    name: "100 takeovers of one lease that has run out: one holder",
    async holds({ store }) {
      await takeAndExpire(store, key, "stale");
      const claims = await Promise.all(
        Array.from({ length: 100 }, async (_, i) => store.claim(key, `owner ${i}`, LEASE_MS)),
      );
      check("how many have it", claims.filter(({ state }) => state === "claimed").length, 1);
    },
  },
];
