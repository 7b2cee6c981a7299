import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Holder, Settlement } from "@mintfax-webhooks/core/store";

/** A bug to be put into the store, to see that it is found. */
export const PLANTS: Readonly<Record<string, (store: LeaseStore) => LeaseStore>> = {
  /** Every settlement counts, also one whose claim was taken over. */
  "drop-fence": (store) => asHolder(store, ["renew", "complete", "release"]),
  "complete-without-owner": (store) => asHolder(store, ["complete"]),
  /** "Remember the id, then work": done as soon as it is claimed. */
  "remember-before-work": (store) => ({
    ...bound(store),
    claim(key, owner, leaseMs) {
      const claim = sync(store.claim(key, owner, leaseMs));
      if (claim.state === "claimed") store.complete(key, { owner, fence: claim.fence });
      return claim;
    },
    renew: () => "ok",
    complete: () => "ok",
    release: () => "ok",
  }),
  /** A renewal that was overtaken by its own release brings the claim back to life. */
  "renew-revives": (store) => {
    const released = new Set<string>();
    return {
      ...bound(store),
      release(key, holder) {
        const settlement = sync(store.release(key, holder));
        if (settlement === "ok") released.add(holder.owner);
        return settlement;
      },
      renew(key, holder, leaseMs) {
        const settlement = sync(store.renew(key, holder, leaseMs));
        if (settlement === "ok" || !released.has(holder.owner)) return settlement;
        return sync(store.claim(key, holder.owner, leaseMs)).state === "claimed" ? "ok" : "lost";
      },
    };
  },
  /** The lease lasts for what it was first given. */
  "renew-does-nothing": (store) => ({
    ...bound(store),
    renew: (key, holder) => (sync(store.forget(key)) === "pending" && holder.fence > 0 ? "ok" : "lost"),
  }),
  /** Every claim of an event has the same number. */
  "fence-stands-still": (store) => {
    const fences = new Map<string, number>();
    const real = ({ owner }: Holder): Holder => ({ owner, fence: fences.get(owner) ?? 0 });
    return {
      ...bound(store),
      claim(key, owner, leaseMs) {
        const claim = sync(store.claim(key, owner, leaseMs));
        if (claim.state !== "claimed") return claim;
        fences.set(owner, claim.fence);
        return { state: "claimed", fence: 1 };
      },
      renew: (key, holder, leaseMs) => store.renew(key, real(holder), leaseMs),
      complete: (key, holder) => store.complete(key, real(holder)),
      release: (key, holder) => store.release(key, real(holder)),
    };
  },
};

/** @throws {RangeError} for a plant that there is none of */
export function withPlant(store: LeaseStore, plant: string | undefined): LeaseStore {
  if (plant === undefined) return store;
  const make = Object.hasOwn(PLANTS, plant) ? PLANTS[plant] : undefined;
  if (make === undefined) throw new RangeError(`--plant takes ${Object.keys(PLANTS).join(", ")}`);
  return make(store);
}

type Settling = "renew" | "complete" | "release";

/** Takes these calls for calls of the current holder of the key. */
function asHolder(store: LeaseStore, calls: readonly Settling[]): LeaseStore {
  const holders = new Map<string, Holder>();
  const holderOf = (call: Settling, id: string, caller: Holder): Holder =>
    (calls.includes(call) && holders.get(id)) || caller;
  return {
    ...bound(store),
    claim(key, owner, leaseMs) {
      const claim = sync(store.claim(key, owner, leaseMs));
      if (claim.state === "claimed") holders.set(key.id, { owner, fence: claim.fence });
      return claim;
    },
    renew: (key, holder, leaseMs) => store.renew(key, holderOf("renew", key.id, holder), leaseMs),
    complete: (key, holder): Settlement => sync(store.complete(key, holderOf("complete", key.id, holder))),
    release: (key, holder): Settlement => sync(store.release(key, holderOf("release", key.id, holder))),
  };
}

function bound(store: LeaseStore): LeaseStore {
  return {
    kind: "lease",
    claim: store.claim.bind(store),
    renew: store.renew.bind(store),
    complete: store.complete.bind(store),
    release: store.release.bind(store),
    forget: store.forget.bind(store),
    inspect: store.inspect.bind(store),
  };
}

/** The memory store, which all of them sit on, answers at once. */
function sync<T>(answer: T | PromiseLike<T>): T {
  return answer as T;
}
