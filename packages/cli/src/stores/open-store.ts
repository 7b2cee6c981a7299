import type { LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey, PendingClaim } from "@mintfax-webhooks/core/store";

/** A store as an operator uses it: without deliveries. */
export interface OperatedStore extends LeaseStore {
  pending(namespace?: string): AsyncIterable<PendingClaim>;
  /** Only where a claim can be a transaction. */
  endTransaction?(key: DedupKey): Promise<boolean>;
}

/** A store, and how to let go of it. */
export interface OpenStore {
  readonly store: OperatedStore;
  /** For people: `PostgreSQL, mintfax_webhooks`. */
  readonly name: string;
  /** Also after a store that could not be used: an open connection keeps the process alive. */
  close(): unknown;
}

/** How long a server may take to answer. */
export const CONNECT_LIMIT_MS = 10_000;
/** The most that a store takes. */
export const CALL_LIMIT_MS = 5_000;
