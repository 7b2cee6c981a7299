import type { LeaseStore } from "@mintfax-webhooks/core";
import type { MaybePromise } from "@mintfax-webhooks/core/store";
import type { OpenOptions } from "./suite.ts";

/** A store under test. */
export interface OpenedLeaseStore {
  readonly store: LeaseStore;
  /** Releases the store's connections, tables and folders. */
  close(): MaybePromise<unknown>;
}

/** Options of {@link leaseStoreSuite}. */
export interface LeaseStoreSuiteOptions<Opened extends OpenedLeaseStore> {
  /** The beginning of each case's name. */
  readonly name: string;
  /** Opens a store without any ids. Throws or rejects where the store refuses an option. */
  open(options: OpenOptions): MaybePromise<Opened>;
  /**
   * Makes time pass for the store, in milliseconds: moves its clock forward, or all of its stored times back. The cases of
   * retention need it and are skipped without it. Leases run out in real time, within milliseconds.
   */
  readonly elapse?: (ms: number, opened: Opened) => MaybePromise<unknown>;
  /**
   * Makes the store lose all data, as a failover to an empty replica does. Leave it out where a running process cannot see
   * such a loss.
   */
  readonly wipe?: (opened: Opened) => MaybePromise<unknown>;
  /**
   * Opens unreachable stores, by the reason ("connection refused", "no answer"). Each call to them must reject within 5 s,
   * which is how long the engine waits for a store. Leave it out where a store cannot be unreachable.
   */
  readonly unavailable?: Readonly<Record<string, () => MaybePromise<OpenedLeaseStore>>>;
}
