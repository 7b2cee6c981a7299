import type { Alarms } from "#alarms";
import type { Ending, HandlerRun } from "../dispatch/run.ts";
import { LeaseLostError } from "../errors.ts";
import { isPromiseLike } from "../maybe-promise.ts";
import { conclude, DUPLICATE, PROCESSED } from "../outcome.ts";
import { BUSY, handlerFailed, leaseLost, storeUnavailable } from "./endings.ts";
import { Lease } from "./lease.ts";
import { newOwner } from "./owner.ts";
import type { Claim, DedupKey, Holder, LeaseStore } from "./store.ts";
import { settle, withinTime } from "./store-call.ts";

/** Claim, work, settle: never "remember, then work", which loses the event when the work fails. */
export async function processLeased<Tx>(
  store: LeaseStore,
  key: DedupKey,
  leaseMs: number,
  run: HandlerRun<Tx>,
  alarms: Alarms,
): Promise<Ending> {
  const owner = newOwner();
  let claim: Claim;
  try {
    const answer = store.claim(key, owner, leaseMs);
    claim = isPromiseLike(answer)
      ? await withinTime(answer, alarms, (late) => giveBack(store, key, owner, late, alarms))
      : answer;
  } catch (error) {
    return storeUnavailable(error);
  }
  if (claim.state === "done") return { conclusion: DUPLICATE };
  if (claim.state === "pending") return { conclusion: BUSY };

  const holder: Holder = { owner, fence: claim.fence };
  const lease = new Lease(store, key, holder, leaseMs, () => run.abort(new LeaseLostError()), alarms);
  try {
    const work = run.start({ fence: claim.fence });
    if (isPromiseLike(work)) await work;
  } catch (error) {
    run.ended();
    lease.end();
    return releaseAfter(error, store, key, holder, alarms);
  }
  run.ended();
  lease.end();
  try {
    const answer = settle(() => store.complete(key, holder), alarms);
    const settlement = isPromiseLike(answer) ? await answer : answer;
    return settlement === "ok" ? { conclusion: PROCESSED } : leaseLost();
  } catch (error) {
    return {
      conclusion: conclude(
        "complete_unavailable",
        "The event was processed, but the dedup store could not be told: should the same event come again, it will be processed again.",
      ),
      error,
    };
  }
}

async function releaseAfter(
  error: unknown,
  store: LeaseStore,
  key: DedupKey,
  holder: Holder,
  alarms: Alarms,
): Promise<Ending> {
  try {
    if ((await settle(() => store.release(key, holder), alarms)) === "lost") return leaseLost(error);
  } catch {
    // The lease then ends by itself, before mintfax's last attempts. What matters is the handler's failure.
  }
  return handlerFailed(error);
}

/** A claim that came through after its delivery was answered with 503: nobody would ever settle it. */
function giveBack(store: LeaseStore, key: DedupKey, owner: string, claim: Claim, alarms: Alarms): void {
  if (claim.state !== "claimed") return;
  const released = settle(() => store.release(key, { owner, fence: claim.fence }), alarms);
  Promise.resolve(released).catch(() => {
    // The lease ends by itself.
  });
}
