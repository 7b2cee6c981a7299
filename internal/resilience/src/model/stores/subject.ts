import type { LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";

/** A lease store to be walked, and the hand on its clock. */
export interface Subject {
  readonly name: string;
  readonly store: LeaseStore;
  /** What the store was opened with, in milliseconds. */
  readonly retentionMs: number;
  /** A claim that meets another call may be refused with `pending`, and so may `forget`: neither waits for a lock. */
  readonly turnsAway?: boolean;
  /** Lets time pass for one key: a clock that jumps, or all that is stored about the key moved back. */
  elapse(ms: number, key: DedupKey): unknown;
  close(): unknown;
}
