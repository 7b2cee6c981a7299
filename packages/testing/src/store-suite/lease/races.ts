import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Claim, DedupKey } from "@mintfax-webhooks/core/store";
import { mapAtOnce } from "../at-once.ts";
import { check } from "../check.ts";
import { keyOf } from "../keys.ts";
import { checkRefused, LEASE_MS, take } from "./claiming.ts";
import type { LeaseProperty } from "./property.ts";

/** Calls under way at any time. */
const AT_ONCE = 100;

const key = keyOf("wanted");

/** Claims the key once for each owner. */
function claimAll(store: LeaseStore, wanted: DedupKey, owners: readonly string[]): Promise<Claim[]> {
  return mapAtOnce(AT_ONCE, owners, async (owner) => store.claim(wanted, owner, LEASE_MS));
}

const owners = (count: number): string[] => Array.from({ length: count }, (_, i) => `owner ${i}`);
const claimed = (claims: readonly Claim[]): number =>
  claims.filter(({ state }) => state === "claimed").length;

export const races: readonly LeaseProperty[] = [
  {
    name: "1,000 claims of one id, 100 of them at any time: one holder, pending for the others",
    async holds({ store }) {
      const claims = await claimAll(store, key, owners(1_000));
      check("how many have it", claimed(claims), 1);
      check(
        "how many are told that it is pending",
        claims.filter(({ state }) => state === "pending").length,
        999,
      );
    },
  },
  {
    name: "1,000 ids with 3 claims at once each, 33 ids at any time: one holder each",
    async holds({ store }) {
      const ids = Array.from({ length: 1_000 }, (_, i) => keyOf(`id-${i}`));
      const claims = await mapAtOnce(33, ids, (id) => claimAll(store, id, owners(3)));
      for (const [i, of] of claims.entries()) check(`how many have id-${i}`, claimed(of), 1);
      const states = await mapAtOnce(AT_ONCE, ids, async (id, i) => {
        const winner = claims[i]?.findIndex(({ state }) => state === "claimed") ?? -1;
        const claim = claims[i]?.[winner];
        if (claim?.state !== "claimed") throw new Error(`id-${i} has no holder`);
        return store.complete(id, { owner: `owner ${winner}`, fence: claim.fence });
      });
      check("completions that counted", states.filter((state) => state === "ok").length, 1_000);
    },
  },
  {
    name: "the same claim 100 times at once: one hold",
    async holds({ store }) {
      const claims = await claimAll(store, key, Array<string>(100).fill("me"));
      check("how many got it", claimed(claims), 100);
      check("different answers", new Set(claims.map((claim) => JSON.stringify(claim))).size, 1);
    },
  },
  {
    name: "complete against 100 claims: either pending or done, and done afterwards",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      const [before, settlement, after] = await Promise.all([
        claimAll(store, key, owners(50)),
        store.complete(key, holder),
        claimAll(store, key, owners(50)),
      ]);
      check("complete", settlement, "ok");
      check("how many took it over", claimed([...before, ...after]), 0);
      await checkRefused("after complete", store, key, "done");
    },
  },
  {
    name: "complete, release and complete by the holder at once: one of them decides",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      const [complete, release] = await Promise.all([
        store.complete(key, holder),
        store.release(key, holder),
        store.complete(key, holder),
      ]);
      const { state } = await store.claim(key, "next", LEASE_MS);
      const expected = complete === "ok" ? ["lost", "done"] : ["ok", "claimed"];
      check("release, and what a claim then finds", [release, state], expected);
    },
  },
  {
    name: "100 rounds of claim and release by 10 owners: never two holders, and every fence is new",
    async holds({ store }) {
      const fences: number[] = [];
      let holders = 0;
      await Promise.all(
        owners(10).map(async (owner) => {
          for (let round = 0; round < 100; round++) {
            const claim = await store.claim(key, `${owner}, round ${round}`, LEASE_MS);
            if (claim.state !== "claimed") continue;
            const holder = { owner: `${owner}, round ${round}`, fence: claim.fence };
            holders += 1;
            check("renew by the holder", await store.renew(key, holder, LEASE_MS), "ok");
            check("holders at once", holders, 1);
            fences.push(claim.fence);
            holders -= 1;
            check("release by the holder", await store.release(key, holder), "ok");
          }
        }),
      );
      check(
        "fences",
        fences,
        [...new Set(fences)].sort((a, b) => a - b),
      );
    },
  },
];
