import { type HandlerRun, LATE } from "../dispatch/run.ts";
import { LeaseLostError } from "../errors.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import { DUPLICATE, type Ending, PROCESSED } from "../outcome/ending.ts";
import {
  BUSY,
  completeUnavailable,
  handlerFailed,
  leaseLost,
  notStarted,
  storeFailed,
} from "../outcome/endings.ts";
import type { DedupKey, LeaseStore, Settlement } from "../store/contract.ts";
import type { Grant } from "./answers.ts";
import { type Claiming, claim, giveBack } from "./claiming.ts";
import { Lease } from "./lease.ts";
import { newOwner } from "./owner.ts";
import type { Unrecorded } from "./unrecorded.ts";

/** Claim, work, settle: never "remember, then work", which loses the event when the work fails. */
export async function processLeased<Platform, Tx>(
  store: LeaseStore,
  key: DedupKey,
  leaseMs: number,
  run: HandlerRun<Platform, Tx>,
  unrecorded: Unrecorded,
): Promise<Ending> {
  if (unrecorded.has(store, key)) return DUPLICATE;
  const owner = newOwner();
  const claiming: Claiming = { store, key, owner, leaseMs, delivery: run };
  let grant: Grant;
  let heldMs: number;
  do {
    heldMs = performance.now();
    try {
      const answer = claim(claiming);
      grant = isPromiseLike(answer) ? await answer : answer;
    } catch (error) {
      return storeFailed(error);
    }
    if (grant === "done") return DUPLICATE;
    if (grant === "pending") return BUSY;
    if (run.leftMs <= 0) {
      run.background.waitUntil(giveBack(claiming, grant));
      return notStarted(run.deadlineMs);
    }
    // A process that stood still since may have lost the claim by now. Its owner asks again, to be sure.
  } while (performance.now() - heldMs > leaseMs / 2);

  const lease = new Lease(store, key, { owner, fence: grant }, leaseMs, heldMs);
  try {
    const work = run.start({ fence: grant });
    if (work instanceof Promise) {
      lease.keep(() => run.abort(new LeaseLostError()));
      if ((await run.beforeDeadline(work)) === LATE) {
        return run.givenUpOn(settleLate(work, lease, run, unrecorded));
      }
    }
  } catch (error) {
    run.ended();
    return released(lease, error);
  }
  run.ended();
  const settlement = lease.complete();
  if (!isPromiseLike(settlement)) return completed(settlement);
  return settlement.then(completed, (error) => {
    run.background.report(unrecorded.record(lease, run.isKeptAlive));
    return completeUnavailable(error);
  });
}

/** The claim of a handler past its deadline is kept until it settles. */
async function settleLate<Platform, Tx>(
  work: PromiseLike<unknown>,
  lease: Lease,
  run: HandlerRun<Platform, Tx>,
  unrecorded: Unrecorded,
): Promise<Ending> {
  try {
    await work;
  } catch (error) {
    return released(lease, error);
  }
  try {
    return completed(await lease.complete());
  } catch {
    return unrecorded.record(lease, run.isKeptAlive);
  }
}

async function released(lease: Lease, error: unknown): Promise<Ending> {
  let settlement: MaybePromise<Settlement> = "ok";
  try {
    settlement = await lease.release();
  } catch {
    // The lease then ends by itself, before mintfax's last attempts. What matters is the handler's failure.
  }
  return settlement === "lost" ? leaseLost(error) : handlerFailed(error);
}

function completed(settlement: Settlement): Ending {
  return settlement === "ok" ? PROCESSED : leaseLost();
}
