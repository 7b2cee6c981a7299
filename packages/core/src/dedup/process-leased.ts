import type { Alarms } from "#alarms";
import { type Ending, type HandlerRun, LATE } from "../dispatch/run.ts";
import { LeaseLostError } from "../errors.ts";
import { isPromiseLike } from "../maybe-promise.ts";
import { DUPLICATE } from "../outcome.ts";
import { BUSY, storeFailed } from "./endings.ts";
import { Lease } from "./lease.ts";
import { newOwner } from "./owner.ts";
import type { Claim, DedupKey, LeaseStore } from "./store.ts";
import { settle, withinTime } from "./store-call.ts";

/** Claim, work, settle: never "remember, then work", which loses the event when the work fails. */
export async function processLeased<Platform, Tx>(
  store: LeaseStore,
  key: DedupKey,
  leaseMs: number,
  run: HandlerRun<Platform, Tx>,
  alarms: Alarms,
): Promise<Ending> {
  const owner = newOwner();
  let claim: Claim;
  try {
    const answer = store.claim(key, owner, leaseMs);
    claim = isPromiseLike(answer)
      ? await withinTime(answer, alarms, (late) => giveBack(store, key, owner, late, alarms), run.leftMs)
      : answer;
  } catch (error) {
    return storeFailed(error);
  }
  if (claim.state === "done") return { conclusion: DUPLICATE };
  if (claim.state === "pending") return { conclusion: BUSY };

  const { fence } = claim;
  const lease = new Lease(store, key, { owner, fence }, leaseMs, alarms);
  try {
    const work = run.start({ fence });
    if (isPromiseLike(work)) {
      lease.keep(() => run.abort(new LeaseLostError()));
      if ((await run.beforeDeadline(work)) === LATE) return run.givenUpOn(settleLate(work, lease));
    }
  } catch (error) {
    run.ended();
    return lease.release(error);
  }
  run.ended();
  return lease.complete();
}

/** The claim of a handler past its deadline is kept until it settles. */
async function settleLate(work: PromiseLike<unknown>, lease: Lease): Promise<Ending> {
  try {
    await work;
  } catch (error) {
    return lease.release(error);
  }
  return lease.complete();
}

/** A claim that came through after its delivery was answered with 503: nobody would ever settle it. */
function giveBack(store: LeaseStore, key: DedupKey, owner: string, claim: Claim, alarms: Alarms): void {
  if (claim.state !== "claimed") return;
  const released = settle(() => store.release(key, { owner, fence: claim.fence }), alarms);
  Promise.resolve(released).catch(() => {
    // The lease ends by itself.
  });
}
