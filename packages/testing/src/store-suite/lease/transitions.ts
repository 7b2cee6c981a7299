import { check } from "../check.ts";
import { keyOf } from "../keys.ts";
import { checkFree, checkLost, checkRefused, finish, LEASE_MS, take } from "./claiming.ts";
import type { LeaseProperty } from "./property.ts";

const key = keyOf("event");

export const transitions: readonly LeaseProperty[] = [
  {
    name: "it is a lease store",
    async holds({ store }) {
      check("kind", store.kind, "lease");
    },
  },
  {
    name: "absent: claimed by the first owner, pending for every other",
    async holds({ store }) {
      await take(store, key, "first");
      await checkRefused("while it is held", store, key, "pending");
      await checkRefused("asking again", store, key, "pending");
    },
  },
  {
    name: "complete: done for every owner, its own too",
    async holds({ store }) {
      await finish(store, key, "me");
      await checkRefused("after complete", store, key, "done");
      check("a claim by its owner", await store.claim(key, "me", LEASE_MS), { state: "done" });
    },
  },
  {
    name: "release: free at once, with a higher fence",
    async holds({ store }) {
      let fence = -1;
      for (let round = 0; round < 5; round++) {
        const holder = await take(store, key, `owner ${round}`);
        check("the fence has grown", holder.fence > fence, true);
        check("release by the holder", await store.release(key, holder), "ok");
        fence = holder.fence;
      }
      // The same owner too: its late calls from before must not count for its new claim.
      const again = await take(store, key, "owner 4");
      check("the fence has grown", again.fence > fence, true);
      await checkLost("the same owner with its fence from before", store, key, { owner: "owner 4", fence });
    },
  },
  {
    name: "renew keeps the claim",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      check("renew by the holder", await store.renew(key, holder, LEASE_MS), "ok");
      await checkRefused("after renew", store, key, "pending");
      check("complete with the same fence", await store.complete(key, holder), "ok");
    },
  },
  {
    name: "claim, renew and complete are repeatable by their owner",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      check("the same claim again", await take(store, key, "me"), holder);
      check("renew", await store.renew(key, holder, LEASE_MS), "ok");
      check("the same renew again", await store.renew(key, holder, LEASE_MS), "ok");
      check("complete", await store.complete(key, holder), "ok");
      check("the same complete again", await store.complete(key, holder), "ok");
      await checkRefused("after it", store, key, "done");
    },
  },
  {
    name: "done stays done when its holder renews or releases",
    async holds({ store }) {
      const holder = await finish(store, key, "me");
      check("renew after complete", await store.renew(key, holder, LEASE_MS), "lost");
      check("release after complete", await store.release(key, holder), "lost");
      await checkRefused("after them", store, key, "done");
    },
  },
  {
    name: "a release is repeatable while the key is free, and does not revive or complete a claim",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      check("release", await store.release(key, holder), "ok");
      await checkFree("the owner that has released it", store, key, holder);
      const next = await take(store, key, "next");
      check("the fence has grown", next.fence > holder.fence, true);
      await checkLost("the owner from before, once another one holds it", store, key, holder);
      check("complete by the new holder", await store.complete(key, next), "ok");
      await checkLost("the owner from before, once it is done", store, key, holder);
      await checkRefused("after them", store, key, "done");
    },
  },
  {
    name: "the same release 20 times at once: each is ok, and the key is free",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      const releases = Array.from({ length: 20 }, async () => store.release(key, holder));
      check("different answers", [...new Set(await Promise.all(releases))], ["ok"]);
      await finish(store, key, "next");
    },
  },
  {
    name: "a key that was never claimed cannot be renewed or completed, and a release of it changes nothing",
    async holds({ store }) {
      await checkFree("an owner that never claimed it", store, key, { owner: "me", fence: 0 });
      await checkFree("an owner that never claimed it", store, key, { owner: "me", fence: 1 });
      await finish(store, key, "me");
    },
  },
  {
    name: "only the holder settles: neither another owner nor another fence",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      await checkLost("another owner with the holder's fence", store, key, { ...holder, owner: "you" });
      await checkLost("the owner with a lower fence", store, key, { ...holder, fence: holder.fence - 1 });
      await checkLost("the owner with a higher fence", store, key, { ...holder, fence: holder.fence + 1 });
      await checkRefused("after them", store, key, "pending");
      check("complete by the holder", await store.complete(key, holder), "ok");
      check(
        "complete with a lower fence",
        await store.complete(key, { ...holder, fence: holder.fence - 1 }),
        "lost",
      );
    },
  },
  {
    name: "owners that differ in one character are different owners",
    async holds({ store }) {
      const owners = [
        "me",
        "Me",
        "me ",
        " me",
        "m",
        "me%",
        "me\\",
        "me'",
        "x".repeat(200),
        `${"x".repeat(199)}y`,
      ];
      for (const owner of owners) {
        const held = keyOf(`held-by-${owners.indexOf(owner)}`);
        const holder = await take(store, held, owner);
        for (const other of owners.filter((name) => name !== owner)) {
          check(`a claim by "${other}" of what "${owner}" holds`, await store.claim(held, other, LEASE_MS), {
            state: "pending",
          });
        }
        check(`complete by "${owner}"`, await store.complete(held, holder), "ok");
      }
    },
  },
];
