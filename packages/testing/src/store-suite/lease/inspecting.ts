import type { Inspection } from "@mintfax-webhooks/core";
import { check } from "../check.ts";
import { keyOf } from "../keys.ts";
import { checkRefused, finish, LEASE_MS, take } from "./claiming.ts";
import { takeAndExpire } from "./expiry.ts";
import type { LeaseProperty } from "./property.ts";

const key = keyOf("inspected");

/** Checks that a store tells times by its own clock, and how long the state lasts: more than `minMs`, at most `maxMs`. */
function checkTimes(what: string, inspection: Inspection, minMs: number, maxMs: number): void {
  if (inspection.state === "absent") throw new Error(`${what}: got absent, expected a row`);
  const { nowMs, claimedMs, untilMs = Number.NaN } = inspection;
  const leftMs = untilMs - nowMs;
  if (!(leftMs > minMs && leftMs <= maxMs)) {
    throw new Error(`${what}: got ${leftMs} ms left, expected more than ${minMs} and at most ${maxMs}`);
  }
  if (claimedMs !== undefined && !(claimedMs <= nowMs)) {
    throw new Error(`${what}: got a claim of ${claimedMs} at ${nowMs}, expected it to be earlier`);
  }
}

export const inspecting: readonly LeaseProperty[] = [
  {
    name: "inspect an event that was never claimed: absent, and it stays so",
    async holds({ store }) {
      check("inspect", await store.inspect(key), { state: "absent" });
      check("inspect again", await store.inspect(key), { state: "absent" });
      check("forget after it", await store.forget(key), "absent");
      await take(store, key, "me");
    },
  },
  {
    name: "inspect an event at work: its holder, and how long the lease lasts; nothing changed",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      const inspection = await store.inspect(key);
      check("the state", inspection.state, "pending");
      check("the owner", "owner" in inspection && inspection.owner, "me");
      check("the fence", "fence" in inspection && inspection.fence, holder.fence);
      checkTimes("the lease", inspection, 0, LEASE_MS);
      await checkRefused("after it", store, key, "pending");
      check("renew by the holder", await store.renew(key, holder, 2 * LEASE_MS), "ok");
      checkTimes("the renewed lease", await store.inspect(key), LEASE_MS, 2 * LEASE_MS);
      check("complete by the holder", await store.complete(key, holder), "ok");
    },
  },
  {
    name: "inspect a finished event: done, for how long still",
    async holds({ store }) {
      const { fence } = await finish(store, key, "me");
      const inspection = await store.inspect(key);
      check("the state", inspection.state, "done");
      if ("fence" in inspection) check("the fence", inspection.fence, fence);
      checkTimes("the retention", inspection, 0, Number.POSITIVE_INFINITY);
      await checkRefused("after it", store, key, "done");
      check("forget", await store.forget(key), "forgotten");
      checkFree("after forget", await store.inspect(key));
    },
  },
  {
    name: "inspect a released event: released or absent, and the next claim succeeds",
    async holds({ store }) {
      check("release", await store.release(key, await take(store, key, "me")), "ok");
      checkFree("after release", await store.inspect(key));
      await take(store, key, "next");
    },
  },
  {
    name: "inspect an event whose lease ran out: pending, with the end of the lease in the past",
    async holds({ store }) {
      const { fence } = await takeAndExpire(store, key, "crashed");
      const inspection = await store.inspect(key);
      check("the state", inspection.state, "pending");
      check("the fence", "fence" in inspection && inspection.fence, fence);
      checkTimes("the lease", inspection, Number.NEGATIVE_INFINITY, 0);
      await take(store, key, "next");
    },
  },
  {
    name: "an operator releases what inspect shows: the next claim succeeds, and the holder has lost it",
    async holds({ store }) {
      const holder = await take(store, key, "hanging");
      const inspection = await store.inspect(key);
      if (inspection.state !== "pending" || inspection.fence === undefined) {
        throw new Error(`inspect: got ${JSON.stringify(inspection)}, expected pending with a fence`);
      }
      const { owner, fence } = inspection;
      check("release", await store.release(key, { owner, fence }), "ok");
      const next = await take(store, key, "next");
      check("release once more", await store.release(key, { owner, fence }), "lost");
      check("complete by the hanging holder", await store.complete(key, holder), "lost");
      check("complete by the next one", await store.complete(key, next), "ok");
    },
  },
];

function checkFree(when: string, { state }: Inspection): void {
  if (state !== "released") check(`the state ${when}`, state, "absent");
}
