import type { DedupKey } from "@mintfax-webhooks/core/store";
import { check } from "../check.ts";
import { CONFUSABLE_KEYS, keyOf, ODD_IDS } from "../keys.ts";
import type { OpenedLeaseStore } from "../lease-options.ts";
import { checkRefused, LEASE_MS, take } from "./claiming.ts";
import type { LeaseProperty } from "./property.ts";

/** All keys at once in one store: a store that confuses two of them answers for the wrong one. */
async function checkApart({ store }: OpenedLeaseStore, keys: readonly DedupKey[]): Promise<void> {
  for (const key of keys) check(`forget ${JSON.stringify(key)} at first`, await store.forget(key), "absent");
  for (const [i, key] of keys.entries()) {
    const holder = await take(store, key, `owner ${i}`);
    check("renew", await store.renew(key, holder, LEASE_MS), "ok");
    if (i % 3 === 0) check("complete", await store.complete(key, holder), "ok");
    if (i % 3 === 1) check("release", await store.release(key, holder), "ok");
  }
  for (const [i, key] of keys.entries()) {
    const inspection = await store.inspect(key);
    const what = `inspect ${JSON.stringify(key)} among the others`;
    if (i % 3 === 0) check(what, inspection.state, "done");
    if (i % 3 === 2) check(what, "owner" in inspection && inspection.owner, `owner ${i}`);
  }
  for (const [i, key] of keys.entries()) {
    const when = `of ${JSON.stringify(key)} among the others`;
    if (i % 3 === 0) await checkRefused(when, store, key, "done");
    if (i % 3 === 1) await take(store, key, "next");
    if (i % 3 === 2) await checkRefused(when, store, key, "pending");
  }
}

export const separation: readonly LeaseProperty[] = [
  // Threat: T14
  {
    name: "odd ids work like any other",
    holds: (opened) => checkApart(opened, ODD_IDS.map(keyOf)),
  },
  // Threat: T14
  {
    name: "namespaces are kept apart",
    holds: (opened) => checkApart(opened, CONFUSABLE_KEYS),
  },
  {
    name: "the same id in another namespace is another event",
    async holds({ store }) {
      const [here, there] = [
        { namespace: "here", id: "evt" },
        { namespace: "there", id: "evt" },
      ];
      const holder = await take(store, here, "me");
      check("complete in the other namespace", await store.complete(there, holder), "lost");
      check("complete", await store.complete(here, holder), "ok");
      await take(store, there, "you");
      check("forget in the other namespace", await store.forget(there), "pending");
      await checkRefused("in the first namespace", store, here, "done");
    },
  },
];
