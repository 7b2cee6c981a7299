import type { LeaseStore } from "@mintfax-webhooks/core";
import type { MaybePromise } from "@mintfax-webhooks/core/store";
import type { OpenOptions } from "./suite.ts";

/** A store under test. */
export interface OpenedLeaseStore {
  readonly store: LeaseStore;
  /** Gives back whatever it holds: connections, tables, folders. */
  close(): MaybePromise<unknown>;
}

/** Options of {@link leaseStoreSuite}. */
export interface LeaseStoreSuiteOptions<Opened extends OpenedLeaseStore> {
  /** Starts the name of every case. */
  readonly name: string;
  /** Opens a store without any ids. It throws or rejects where the store refuses an option. */
  open(options: OpenOptions): MaybePromise<Opened>;
  /**
   * Lets hours pass for the store, in milliseconds: a clock that jumps, or all of its stored times moved back.
   * Leases run out in real time, within milliseconds; this is for retention alone, which is skipped without it.
   */
  readonly elapse?: (ms: number, opened: Opened) => MaybePromise<unknown>;
  /**
   * Makes the store lose everything, as a failover to an empty replica does. Leave it out where data cannot be lost
   * while its users live on.
   */
  readonly wipe?: (opened: Opened) => MaybePromise<unknown>;
  /**
   * Opens stores that cannot be reached, by the way it came about ("connection refused", "no answer"). Every call to
   * them must reject within 5 s, when the engine gives up on a store. Leave it out where it cannot happen.
   */
  readonly unavailable?: Readonly<Record<string, () => MaybePromise<OpenedLeaseStore>>>;
}
