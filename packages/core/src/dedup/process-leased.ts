import type { HandlerRun, Settling } from "../dispatch/run.ts";
import { LeaseLostError } from "../errors.ts";
import { isPromiseLike } from "../maybe-promise.ts";
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
import { claim, giveBack } from "./claiming.ts";
import { Lease } from "./lease.ts";
import { newOwner } from "./owner.ts";
import type { Unrecorded } from "./unrecorded.ts";

/** Claim, work, settle: never "remember, then work", which loses the event when the work fails. Ends the run. */
export function processLeased<Tx>(
  store: LeaseStore,
  key: DedupKey,
  run: HandlerRun<Tx>,
  unrecorded: Unrecorded,
): void {
  if (unrecorded.has(store, key)) run.end(DUPLICATE);
  else new LeasedWork(store, key, run, unrecorded).claim();
}

/** A handler's work under a lease. Its claim is kept until it settles, past its deadline too. */
class LeasedWork<Tx> extends Lease implements Settling {
  readonly #run: HandlerRun<Tx>;
  readonly #unrecorded: Unrecorded;

  constructor(store: LeaseStore, key: DedupKey, run: HandlerRun<Tx>, unrecorded: Unrecorded) {
    super(store, key, newOwner(), run.settings.leaseMs);
    this.#run = run;
    this.#unrecorded = unrecorded;
  }

  claim(): void {
    const sentMs = performance.now();
    const claimed = claim(this, this.#run);
    if (isPromiseLike(claimed)) {
      claimed.then(
        (result) => this.#answered(result, sentMs),
        (error) => this.#run.end(storeFailed(error)),
      );
    } else {
      this.#answered(claimed, sentMs);
    }
  }

  #answered(claimed: ClaimResult, sentMs: number): void {
    const run = this.#run;
    const nowMs = performance.now();
    if (typeof claimed === "string") {
      run.end(claimed === "done" ? DUPLICATE : BUSY);
    } else if (run.leftMs(nowMs) <= 0) {
      run.background.waitUntil(giveBack(this, claimed));
      run.end(notStarted(run.settings.deadlineMs));
    } else if (nowMs - sentMs > this.leaseMs / 2) {
      // A process that stood still since may have lost the claim by now. Its owner asks again, to be sure.
      this.claim();
    } else {
      this.hold(claimed, sentMs);
      this.#start(claimed, nowMs);
    }
  }

  #start(fence: number, nowMs: number): void {
    let work: Promise<unknown> | undefined;
    try {
      work = this.#run.start({ fence }, nowMs);
    } catch (error) {
      void this.threw(error);
      return;
    }
    if (work === undefined) this.returned();
    else this.#run.settle(work, this);
  }

  get keepDueInMs(): number {
    return this.renewalDueInMs;
  }

  /** Renews the lease until it is settled. */
  keep(): void {
    this.renewUntilSettled(() => this.#run.abort(new LeaseLostError()));
  }

  async threw(error: unknown): Promise<void> {
    this.#run.ended();
    let settlement: Settlement = "ok";
    try {
      settlement = await this.release();
    } catch {
      // The lease then ends by itself, before mintfax's last attempts. What matters is the handler's failure.
    }
    this.#run.end(settlement === "lost" ? leaseLost(error) : handlerFailed(error));
  }

  returned(): void {
    this.#run.ended();
    const settlement = this.complete();
    if (isPromiseLike(settlement)) {
      settlement.then(
        (answer) => this.#run.end(completed(answer)),
        (error) => void this.#unavailable(error),
      );
    } else {
      this.#run.end(completed(settlement));
    }
  }

  async #unavailable(error: unknown): Promise<void> {
    const run = this.#run;
    const recording = this.#unrecorded.record(this, run.isKeptAlive);
    // A delivery that was answered at its deadline is reported once, when all is over.
    if (run.isLate) {
      run.end(await recording);
    } else {
      run.background.report(recording);
      run.end(completeUnavailable(error));
    }
  }
}

function completed(settlement: Settlement): Ending {
  return settlement === "ok" ? PROCESSED : leaseLost();
}
