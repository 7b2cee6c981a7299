import {
  createMemoryStore,
  type LeaseStore,
  StoreUnavailableError,
  type TransactionalStore,
} from "@mintfax-webhooks/core";

function down(): never {
  throw new StoreUnavailableError("connect ECONNREFUSED");
}

/** A working store, but for some of its calls. */
export function leaseStoreWith(faults: Partial<LeaseStore>): LeaseStore {
  const store = createMemoryStore();
  return {
    kind: "lease",
    claim: (...args) => store.claim(...args),
    renew: (...args) => store.renew(...args),
    complete: (...args) => store.complete(...args),
    release: (...args) => store.release(...args),
    forget: (...args) => store.forget(...args),
    inspect: (...args) => store.inspect(...args),
    ...faults,
  };
}

export const claimDown = (): LeaseStore => leaseStoreWith({ claim: down });
export const completeDown = (): LeaseStore => leaseStoreWith({ complete: down });
export const takenOver = (): LeaseStore => leaseStoreWith({ complete: () => "lost" });

/** Transactions whose commit ends in a way of its own; what they have committed is remembered. */
export function transactionalStore(commit: () => "committed" | "lost"): TransactionalStore<"tx"> {
  const done = new Set<string>();
  let fence = 0;
  return {
    kind: "transactional",
    async transact({ id }, work) {
      if (done.has(id)) return "done";
      fence += 1;
      if ((await work({ tx: "tx", fence })) === "rollback") return "rolled_back";
      const result = commit();
      if (result === "committed") done.add(id);
      return result;
    },
    forget: ({ id }) => (done.delete(id) ? "forgotten" : "absent"),
    inspect: ({ id }) => (done.has(id) ? { state: "done", nowMs: Date.now() } : { state: "absent" }),
  };
}

export const transactions = (): TransactionalStore<"tx"> => transactionalStore(() => "committed");
export const commitDown = (): TransactionalStore<"tx"> => transactionalStore(down);
export const commitTakenOver = (): TransactionalStore<"tx"> => transactionalStore(() => "lost");
