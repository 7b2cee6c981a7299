import type { HandlerRun, Settling } from "../dispatch/run.ts";
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

/**
 * Claim, work, settle: never "remember, then work", which loses the event when the work fails.
 *
 * @returns undefined where the handler is at work past its deadline
 */
export function processLeased<Context, Tx>(
  store: LeaseStore,
  key: DedupKey,
  run: HandlerRun<Context, Tx>,
  unrecorded: Unrecorded,
): MaybePromise<Ending | undefined> {
  if (unrecorded.has(store, key)) return DUPLICATE;
  const { task } = run;
  const claiming: Claiming = { store, key, owner: newOwner(), leaseMs: task.settings.leaseMs, task };
  return claimAndRun(claiming, run, unrecorded);
}

function claimAndRun<Context, Tx>(
  claiming: Claiming,
  run: HandlerRun<Context, Tx>,
  unrecorded: Unrecorded,
): MaybePromise<Ending | undefined> {
  const heldMs = performance.now();
  const claimed = claim(claiming);
  return isPromiseLike(claimed)
    ? claimed.then((result) => answered(result, heldMs, claiming, run, unrecorded), storeFailed)
    : answered(claimed, heldMs, claiming, run, unrecorded);
}

function answered<Context, Tx>(
  claimed: ClaimResult,
  heldMs: number,
  claiming: Claiming,
  run: HandlerRun<Context, Tx>,
  unrecorded: Unrecorded,
): MaybePromise<Ending | undefined> {
  if (claimed === "done") return DUPLICATE;
  if (claimed === "pending") return BUSY;
  const { store, key, owner, leaseMs, task } = claiming;
  if (task.leftMs <= 0) {
    run.background.waitUntil(giveBack(claiming, claimed));
    return notStarted(run.task.settings.deadlineMs);
  }
  // A process that stood still since may have lost the claim by now. Its owner asks again, to be sure.
  if (performance.now() - heldMs > leaseMs / 2) return claimAndRun(claiming, run, unrecorded);
  const lease = new Lease(store, key, { owner, fence: claimed }, leaseMs, heldMs);
  return new LeasedWork(lease, run, unrecorded).start(claimed);
}

/** A handler at work under a lease. Its claim is kept until it settles, past its deadline too. */
class LeasedWork<Context, Tx> implements Settling {
  readonly #lease: Lease;
  readonly #run: HandlerRun<Context, Tx>;
  readonly #unrecorded: Unrecorded;

  constructor(lease: Lease, run: HandlerRun<Context, Tx>, unrecorded: Unrecorded) {
    this.#lease = lease;
    this.#run = run;
    this.#unrecorded = unrecorded;
  }

  start(fence: number): MaybePromise<Ending | undefined> {
    let work: unknown;
    try {
      work = this.#run.start({ fence });
    } catch (error) {
      return this.threw(error);
    }
    return work instanceof Promise ? this.#run.settled(work, this) : this.returned();
  }

  get keepDueInMs(): number {
    return this.#lease.renewalDueInMs;
  }

  keep(): void {
    this.#lease.keep(() => this.#run.abort(new LeaseLostError()));
  }

  async threw(error: unknown): Promise<Ending> {
    this.#run.ended();
    let settlement: MaybePromise<Settlement> = "ok";
    try {
      settlement = await this.#lease.release();
    } catch {
      // The lease then ends by itself, before mintfax's last attempts. What matters is the handler's failure.
    }
    return settlement === "lost" ? leaseLost(error) : handlerFailed(error);
  }

  returned(): MaybePromise<Ending> {
    this.#run.ended();
    const settlement = this.#lease.complete();
    return isPromiseLike(settlement)
      ? settlement.then(completed, (error) => this.#unavailable(error))
      : completed(settlement);
  }

  #unavailable(error: unknown): MaybePromise<Ending> {
    const run = this.#run;
    const recording = this.#unrecorded.record(this.#lease, run.task.isKeptAlive);
    // A delivery that was answered at its deadline is reported once, when all is over.
    if (run.isLate) return recording;
    run.background.report(recording);
    return completeUnavailable(error);
  }
}

function completed(settlement: Settlement): Ending {
  return settlement === "ok" ? PROCESSED : leaseLost();
}
