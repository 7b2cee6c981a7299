import type { Alarms } from "#alarms";
import { type Ending, type HandlerRun, LATE } from "../dispatch/run.ts";
import { DUPLICATE, PROCESSED } from "../outcome.ts";
import { BUSY, handlerFailed, leaseLost, storeFailed } from "./endings.ts";
import type { DedupKey, TransactionalStore, TransactionClaim } from "./store.ts";
import { TransactionTimeout } from "./store-call.ts";

/** The store's transaction holds the claim, the handler's writes and the completion, so that all of it happens or none. */
export async function processTransactional<Platform, Tx>(
  store: TransactionalStore<Tx>,
  key: DedupKey,
  run: HandlerRun<Platform, Tx>,
  alarms: Alarms,
): Promise<Ending> {
  const processing = transact(store, key, run, alarms);
  const ending = await run.beforeDeadline(processing);
  return ending === LATE ? run.givenUpOn(processing) : ending;
}

async function transact<Platform, Tx>(
  store: TransactionalStore<Tx>,
  key: DedupKey,
  run: HandlerRun<Platform, Tx>,
  alarms: Alarms,
): Promise<Ending> {
  let failure: { readonly error: unknown } | undefined;
  const timeout = new TransactionTimeout(alarms);
  const work = async (claim: TransactionClaim<Tx>): Promise<"commit" | "rollback"> => {
    // The delivery has been answered with 503 by then: leave the event to the next attempt.
    if (timeout.expired) return "rollback";
    timeout.stop();
    try {
      await run.start(claim);
      return "commit";
    } catch (error) {
      failure = { error };
      return "rollback";
    } finally {
      run.ended();
      timeout.resume();
    }
  };
  try {
    const result = await Promise.race([store.transact(key, work), timeout.expiry]);
    switch (result) {
      case "committed":
        return { conclusion: PROCESSED };
      case "done":
        return { conclusion: DUPLICATE };
      case "pending":
        return { conclusion: BUSY };
      case "lost":
        return leaseLost(failure?.error);
      case "rolled_back":
        return handlerFailed(failure?.error);
    }
  } catch (error) {
    // Rolling back a failed handler's work may fail too; the handler's error is the one to report.
    return failure === undefined ? storeFailed(error) : handlerFailed(failure.error);
  } finally {
    timeout.stop();
  }
}
