import type { HandlerRun } from "../dispatch/run.ts";
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
import type { ClaimResult } from "./answers.ts";
import { type Claiming, claim, giveBack } from "./claiming.ts";
import { Lease } from "./lease.ts";
import { newOwner } from "./owner.ts";
import type { Unrecorded } from "./unrecorded.ts";

/** Claim, work, settle: never "remember, then work", which loses the event when the work fails. */
export async function processLeased<Context, Tx>(
  store: LeaseStore,
  key: DedupKey,
  run: HandlerRun<Context, Tx>,
  unrecorded: Unrecorded,
): Promise<Ending> {
  if (unrecorded.has(store, key)) return DUPLICATE;
  const { task } = run;
  const { deadlineMs, leaseMs } = task.settings;
  const owner = newOwner();
  const claiming: Claiming = { store, key, owner, leaseMs, task };
  let claimed: ClaimResult;
  let heldMs: number;
  do {
    heldMs = performance.now();
    try {
      const answer = claim(claiming);
      claimed = isPromiseLike(answer) ? await answer : answer;
    } catch (error) {
      return storeFailed(error);
    }
    if (claimed === "done") return DUPLICATE;
    if (claimed === "pending") return BUSY;
    if (task.leftMs <= 0) {
      run.background.waitUntil(giveBack(claiming, claimed));
      return notStarted(deadlineMs);
    }
    // A process that stood still since may have lost the claim by now. Its owner asks again, to be sure.
  } while (performance.now() - heldMs > leaseMs / 2);

  const fence = claimed;
  const lease = new Lease(store, key, { owner, fence }, leaseMs, heldMs);
  let work: unknown;
  try {
    work = run.start({ fence });
  } catch (error) {
    return failed(lease, run, error);
  }
  if (!(work instanceof Promise)) return succeeded(lease, run, unrecorded);
  lease.keep(() => run.abort(new LeaseLostError()));
  // Also for a handler past its deadline: its claim is kept until it settles.
  const processing = work.then(
    () => succeeded(lease, run, unrecorded),
    (error) => failed(lease, run, error),
  );
  return run.byDeadline(processing);
}

async function failed<Context, Tx>(
  lease: Lease,
  run: HandlerRun<Context, Tx>,
  error: unknown,
): Promise<Ending> {
  run.ended();
  let settlement: MaybePromise<Settlement> = "ok";
  try {
    settlement = await lease.release();
  } catch {
    // The lease then ends by itself, before mintfax's last attempts. What matters is the handler's failure.
  }
  return settlement === "lost" ? leaseLost(error) : handlerFailed(error);
}

function succeeded<Context, Tx>(
  lease: Lease,
  run: HandlerRun<Context, Tx>,
  unrecorded: Unrecorded,
): MaybePromise<Ending> {
  run.ended();
  const settlement = lease.complete();
  if (!isPromiseLike(settlement)) return completed(settlement);
  return settlement.then(completed, (error) => {
    const recording = unrecorded.record(lease, run.task.isKeptAlive);
    // A delivery that was answered at its deadline is reported once, when all is over.
    if (run.isLate) return recording;
    run.background.report(recording);
    return completeUnavailable(error);
  });
}

function completed(settlement: Settlement): Ending {
  return settlement === "ok" ? PROCESSED : leaseLost();
}
