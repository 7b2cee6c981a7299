import type { LeaseStore, TransactionalStore } from "@mintfax-webhooks/core";
import type { DedupKey, Holder, MaybePromise, Settlement } from "@mintfax-webhooks/core/store";
import type { Ledger } from "../ledger.ts";
import { reach } from "./points.ts";

/** The same store; what it is asked and what it answers goes into the ledger. */
export function observedLease(store: LeaseStore, ledger: Ledger): LeaseStore {
  const settle = async (
    call: "renew" | "complete" | "release",
    { id }: DedupKey,
    { fence }: Holder,
    ask: () => MaybePromise<Settlement>,
  ): Promise<Settlement> => {
    ledger.write({ what: "settling", id, fence, settle: call });
    try {
      const result = await ask();
      ledger.write({ what: "settled", id, fence, settle: call, result });
      return result;
    } catch (error) {
      ledger.write({ what: "settled", id, fence, settle: call, result: "failed" });
      throw error;
    }
  };
  return {
    kind: "lease",
    async claim(key, owner, leaseMs) {
      await reach("at-claim", key.id);
      const claim = await store.claim(key, owner, leaseMs);
      if (claim.state === "claimed") {
        ledger.write({ what: "claimed", id: key.id, fence: claim.fence, owner });
        await reach("after-claim", key.id);
      }
      return claim;
    },
    renew: (key, holder, leaseMs) => settle("renew", key, holder, () => store.renew(key, holder, leaseMs)),
    async complete(key, holder) {
      await reach("at-complete", key.id);
      const settlement = await settle("complete", key, holder, () => store.complete(key, holder));
      await reach("before-answer", key.id);
      return settlement;
    },
    release: (key, holder) => settle("release", key, holder, () => store.release(key, holder)),
    forget: (key) => store.forget(key),
    inspect: (key) => store.inspect(key),
  };
}

/** The same for a transaction: its commit is what settles. */
export function observedTransactional<Tx>(
  store: TransactionalStore<Tx>,
  ledger: Ledger,
): TransactionalStore<Tx> {
  return {
    kind: "transactional",
    async transact(key, work) {
      const { id } = key;
      await reach("at-claim", id);
      let fence = 0;
      let settling = false;
      const settled = (result: "ok" | "lost" | "failed"): void => {
        if (settling) ledger.write({ what: "settled", id, fence, settle: "complete", result });
      };
      const settles = (): void => {
        settling = true;
        ledger.write({ what: "settling", id, fence, settle: "complete" });
      };
      try {
        const result = await store.transact(key, async (claim) => {
          fence = claim.fence;
          ledger.write({ what: "claimed", id, fence });
          await reach("after-claim", id);
          const end = await work(claim);
          if (end === "commit") {
            await reach("at-complete", id);
            settles();
          }
          return end;
        });
        settled(result === "committed" ? "ok" : "lost");
        if (result === "committed") await reach("before-answer", id);
        return result;
      } catch (error) {
        // A transaction that ended under its handler: what it would have committed is refused before it asks.
        if (fence > 0 && !settling) settles();
        settled("failed");
        throw error;
      }
    },
    forget: (key) => store.forget(key),
    inspect: (key) => store.inspect(key),
  };
}
