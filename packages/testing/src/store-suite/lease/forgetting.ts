import { check } from "../check.ts";
import { keyOf } from "../keys.ts";
import { checkLost, checkRefused, finish, take } from "./claiming.ts";
import { takeAndExpire } from "./expiry.ts";
import type { LeaseProperty } from "./property.ts";

const key = keyOf("replayed");

export const forgetting: readonly LeaseProperty[] = [
  {
    name: "forget a finished event: claimable once more, with a higher fence",
    async holds({ store }) {
      const before = await finish(store, key, "me");
      check("forget", await store.forget(key), "forgotten");
      check("forget again", await store.forget(key), "absent");
      const after = await take(store, key, "me");
      check("the fence has grown", after.fence > before.fence, true);
      await checkLost("the holder from before", store, key, before);
      check("complete by the new holder", await store.complete(key, after), "ok");
      await checkRefused("after it", store, key, "done");
    },
  },
  {
    name: "forget an event at work: pending, nothing changed",
    async holds({ store }) {
      const holder = await take(store, key, "me");
      check("forget", await store.forget(key), "pending");
      await checkRefused("after it", store, key, "pending");
      check("complete by the holder", await store.complete(key, holder), "ok");
    },
  },
  {
    name: "forget an event that was never claimed, was released, or whose lease ran out: absent",
    async holds({ store }) {
      check("forget what was never claimed", await store.forget(key), "absent");
      const holder = await take(store, key, "me");
      await store.release(key, holder);
      check("forget what was released", await store.forget(key), "absent");
      const next = await takeAndExpire(store, key, "next");
      check("forget after the lease", await store.forget(key), "absent");
      const last = await take(store, key, "last");
      check("the fence has grown each time", holder.fence < next.fence && next.fence < last.fence, true);
    },
  },
];
