import type { LeaseStore, TransactionalStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";

/** A bug to be put into one of the two stages, to see that it is found. */
export const PLANTS = [
  /** The queue answers before the engine has acknowledged the message. */
  "answer-before-stored",
  /** With a transactional store, the message is stored outside of the transaction. */
  "enqueue-outside-tx",
  /** The engine's id of a finished job refuses a replay. */
  "known-when-finished",
  /** The worker's store grants every claim. */
  "work-without-claim",
  /** The worker claims in the receiver's namespace, where every event that is queued is done. */
  "one-namespace",
  /** The processor finishes a job whose event another worker is at work on. */
  "finish-when-busy",
  /** The processor parks a job at its first failure. */
  "park-at-once",
] as const;

type Store<Tx> = LeaseStore | TransactionalStore<Tx>;

/** The worker's store, with a bug where that is asked for. */
export function planted<Tx>(store: Store<Tx>, plant: string | undefined): Store<Tx> {
  if (plant === "one-namespace") return renamed(store, ({ id }) => ({ namespace: "mintfax", id }));
  if (plant !== "work-without-claim") return store;
  let claims = 0;
  return renamed(store, ({ namespace, id }) => {
    claims += 1;
    return { namespace: `${namespace} ${claims}`, id };
  });
}

function renamed<Tx>(store: Store<Tx>, rename: (key: DedupKey) => DedupKey): Store<Tx> {
  if (store.kind === "transactional") {
    return {
      kind: "transactional",
      transact: (key, work) => store.transact(rename(key), work),
      forget: (key) => store.forget(rename(key)),
      inspect: (key) => store.inspect(rename(key)),
    };
  }
  const names = new Map<string, DedupKey>();
  const claimed = (key: DedupKey, owner: string): DedupKey => {
    const name = names.get(owner) ?? rename(key);
    names.set(owner, name);
    return name;
  };
  return {
    kind: "lease",
    claim: (key, owner, leaseMs) => store.claim(claimed(key, owner), owner, leaseMs),
    renew: (key, holder, leaseMs) => store.renew(claimed(key, holder.owner), holder, leaseMs),
    complete: (key, holder) => store.complete(claimed(key, holder.owner), holder),
    release: (key, holder) => store.release(claimed(key, holder.owner), holder),
    forget: (key) => store.forget(rename(key)),
    inspect: (key) => store.inspect(rename(key)),
  };
}
