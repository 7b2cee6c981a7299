import type { LeaseStore } from "@mintfax-webhooks/core";

/** Sends two calls to one store, and the next two to another: calls at once meet in a store, and between stores. */
export function inTurns(stores: readonly LeaseStore[]): LeaseStore {
  let calls = 0;
  const next = (): LeaseStore => {
    calls += 1;
    return stores[(calls >> 1) % stores.length] as LeaseStore;
  };
  return {
    kind: "lease",
    claim: (key, owner, leaseMs) => next().claim(key, owner, leaseMs),
    renew: (key, holder, leaseMs) => next().renew(key, holder, leaseMs),
    complete: (key, holder) => next().complete(key, holder),
    release: (key, holder) => next().release(key, holder),
    forget: (key) => next().forget(key),
    inspect: (key) => next().inspect(key),
  };
}
