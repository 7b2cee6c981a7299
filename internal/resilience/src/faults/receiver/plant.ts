import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Settlement } from "@mintfax-webhooks/core/store";
import type { Plant } from "./settings.ts";

/** A lease store with a bug in it, where one is asked for. */
export function planted(store: LeaseStore, plant: Plant | undefined): LeaseStore {
  const { claim, renew, complete, release, forget, inspect } = store;
  const sound: LeaseStore = {
    kind: "lease",
    claim: claim.bind(store),
    renew: renew.bind(store),
    complete: complete.bind(store),
    release: release.bind(store),
    forget: forget.bind(store),
    inspect: inspect.bind(store),
  };
  if (plant === "accept-stale") {
    return {
      ...sound,
      async complete(key, holder): Promise<Settlement> {
        await store.complete(key, holder);
        return "ok";
      },
    };
  }
  if (plant === "remember-first") {
    return {
      ...sound,
      async claim(key, owner, leaseMs) {
        const claim = await store.claim(key, owner, leaseMs);
        if (claim.state === "claimed") await store.complete(key, { owner, fence: claim.fence });
        return claim;
      },
    };
  }
  return store;
}
