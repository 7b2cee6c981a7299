import type { MaybePromise } from "../maybe-promise.ts";
import type { CheckFinding } from "./check-finding.ts";

/** What a claim is about. */
export interface DedupKey {
  /** Keeps apart receivers that share a store. */
  readonly namespace: string;
  /** `webhook-id`: 1 to 256 visible ASCII characters without a dot. */
  readonly id: string;
}

/** Who holds a claim. `renew`, `complete` and `release` count only from the holder of the newest fence. */
export interface Holder {
  /** Made by the receiver, unique over all processes: it tells two holders apart even if a store lost its fences. */
  readonly owner: string;
  /** Given by the store; grows with every claim of the same key. */
  readonly fence: number;
}

/** The answer to a claim. */
export type Claim =
  | { readonly state: "claimed"; readonly fence: number }
  /** Another owner holds it. */
  | { readonly state: "pending" }
  /** The event has been processed. */
  | { readonly state: "done" };

/** Whether the call counted. `lost`: the caller does not hold the claim any more, and nothing was changed. */
export type Settlement = "ok" | "lost";

/** `pending`: a handler is working on it, and nothing was changed. */
export type Forgetting = "forgotten" | "pending" | "absent";

/**
 * What a store knows of an id, for a person who looks. Times are milliseconds since 1970 by the store's own clock, which
 * may differ from yours: subtract them from `nowMs`, not from your time.
 */
export type Inspection =
  /** Never claimed, or forgotten by now. Some stores keep nothing of a released id either. */
  | { readonly state: "absent" }
  | (InspectedRow & {
      readonly state: "pending";
      /** Who holds the claim: the host and the process, as the receiver or the database names them. */
      readonly owner: string;
    })
  | (InspectedRow & { readonly state: "released" | "done" });

/** What a store keeps beside a state. */
export interface InspectedRow {
  /** The store's clock when it answered. */
  readonly nowMs: number;
  /** Of the newest claim. Undefined while a transaction that holds the claim has not committed it. */
  readonly fence?: number;
  /** When the newest claim began. Undefined where the store does not know. */
  readonly claimedMs?: number;
  /**
   * PENDING: when the lease ends; in the past where it ran out, and the next claim succeeds. Undefined for a claim that a
   * transaction holds, which ends with it. RELEASED, DONE: when the store may forget the id.
   */
  readonly untilMs?: number;
}

/** A claim in a list of those that are held, or whose lease ran out. */
export interface PendingClaim extends InspectedRow {
  /** Undefined for a claim that a transaction holds, where the store cannot see an id that is not committed. */
  readonly key?: DedupKey;
  /** As in {@link Inspection}. */
  readonly owner: string;
}

/**
 * A store that hands out time-boxed claims.
 *
 * ```text
 * ABSENT, RELEASED, or PENDING past its lease --claim--> PENDING(owner, fence+1, leaseUntil)
 * PENDING --renew | complete | release--> only for the holder of that fence; other callers get "lost"
 * ABSENT or RELEASED --release--> unchanged, "ok"
 * DONE --until retention ends--> every claim answers "done"
 * ```
 *
 * Every call is one atomic step. Leases are measured by the store's own clock. A store keeps ids, states, times
 * and the names of processes, never payloads. A store that cannot be reached throws or rejects, within a bounded time.
 *
 * `claim`, `renew`, `complete` and `release` are repeatable: the same call by the same owner has the same answer, so
 * that one whose answer got lost can be sent again. A `claim` that rejected may have come through all the same, and the
 * receiver claims once more, as the same owner. A store that learns of such a claim too late may give it back by itself,
 * but only if that owner has not claimed again since.
 */
export interface LeaseStore {
  readonly kind: "lease";
  /**
   * Claims the key, unless another owner holds it or the event is done.
   *
   * @param leaseMs milliseconds for which no other owner can claim the key
   */
  claim(key: DedupKey, owner: string, leaseMs: number): MaybePromise<Claim>;
  /** Starts the lease anew. @param leaseMs milliseconds from now */
  renew(key: DedupKey, holder: Holder, leaseMs: number): MaybePromise<Settlement>;
  /** The work is done: PENDING becomes DONE for as long as the store retains ids. */
  complete(key: DedupKey, holder: Holder): MaybePromise<Settlement>;
  /** The work failed: PENDING becomes RELEASED, and the next claim succeeds at once. What is free already: "ok". */
  release(key: DedupKey, holder: Holder): MaybePromise<Settlement>;
  /** Makes a DONE event claimable again, for a replay on purpose. */
  forget(key: DedupKey): MaybePromise<Forgetting>;
  /** Looks at the key, for an operator: claims nothing, changes nothing, and holds up no claim. */
  inspect(key: DedupKey): MaybePromise<Inspection>;
  /**
   * Looks at the store's set-up, for `checkSetup()`: claims nothing and changes nothing. Resolves within 5 s, and never
   * rejects: what is wrong is a finding, an unreachable server too.
   */
  check?(): MaybePromise<readonly CheckFinding[]>;
}

/** How a transaction ended. */
export type TransactionResult =
  /** The handler's writes and the claim were committed together. */
  | "committed"
  /** `work` asked for it; nothing was written. */
  | "rolled_back"
  /** Another delivery is working on the event; `work` did not run. */
  | "pending"
  /** The event has been processed; `work` did not run. */
  | "done"
  /** Another claim had taken the event over; rolled back. */
  | "lost";

/** What `work` is given. */
export interface TransactionClaim<Tx> {
  /** Dead once `work` has settled: a statement sent through it after that must not reach the database. */
  readonly tx: Tx;
  /** Grows with every claim of the same key. */
  readonly fence: number;
  /** Aborted when the transaction can no longer commit, although `work` has not settled: its connection broke. */
  readonly signal?: AbortSignal;
}

/**
 * A store that runs the handler inside its own transaction: the claim, the handler's writes through `tx` and the
 * completion are committed together, or not at all.
 */
export interface TransactionalStore<Tx> {
  readonly kind: "transactional";
  /**
   * Runs `work` in a transaction if the event can be claimed. Does not wait for another delivery's claim.
   *
   * Rejects where the database cannot be reached or the outcome of the commit is unknown: the delivery is then
   * answered with 503, and the next attempt finds out. Rejects with a `TransactionRefusedError` where the database
   * refuses to commit what `work` wrote, and with a `StoreMisconfiguredError` where it is set up wrong. It does so
   * without waiting for `work` where the transaction has ended before that.
   *
   * @param work to be called once at most. Never rejects; its answer says how to end the transaction
   */
  transact(
    key: DedupKey,
    work: (claim: TransactionClaim<Tx>) => Promise<"commit" | "rollback">,
  ): Promise<TransactionResult>;
  /** Makes a DONE event claimable again, for a replay on purpose. */
  forget(key: DedupKey): MaybePromise<Forgetting>;
  /**
   * As in {@link LeaseStore}. A claim under way is a transaction that is not committed, so the store can see no more of it
   * than that it is there, and which session of the database has it.
   */
  inspect(key: DedupKey): MaybePromise<Inspection>;
  /**
   * Looks at the store's set-up, for `checkSetup()`: claims nothing and changes nothing. Resolves within 5 s, and never
   * rejects: what is wrong is a finding, an unreachable server too.
   */
  check?(): MaybePromise<readonly CheckFinding[]>;
}
