import type { Forgetting } from "@mintfax-webhooks/core";
import type { Claim, DedupKey, Holder, Settlement } from "@mintfax-webhooks/core/store";
import type { Call, Row } from "./connection.ts";
import { unknownAnswer } from "./errors.ts";
import { CLAIM, COMPLETE, FORGET, RELEASE, RENEW, STATE } from "./statements.ts";

/** A call of the store: the statements that it sends, and how their rows are read. */
export interface Operation<Answer> {
  readonly calls: readonly Call[];
  /** @param rows the rows of each call, in their order */
  read(rows: readonly (readonly Row[])[]): Answer;
  /** Of a claim: the owner. */
  readonly owner?: string;
  /** Of a claim: what gives it back, if it was granted. */
  undo?(answer: unknown): Operation<Settlement> | undefined;
}

/** `LeaseStore.claim`. */
export function claimOperation(
  { namespace, id }: DedupKey,
  owner: string,
  leaseMs: number,
  retentionMs: number,
): Operation<Claim> {
  return {
    owner,
    undo(answer) {
      const claim = answer as Claim;
      if (claim.state !== "claimed") return undefined;
      return releaseOperation({ namespace, id }, { owner, fence: claim.fence }, retentionMs);
    },
    calls: [
      { sql: CLAIM, values: [namespace, id, owner, leaseMs, retentionMs] },
      { sql: STATE, values: [namespace, id], unlessAnswered: true },
    ],
    read([claimed, rows]) {
      const claim = claimed?.[0];
      if (claim !== undefined) return { state: "claimed", fence: fenceFrom(claim.fence) };
      const state = stateFrom(rows?.[0]);
      // A refusal comes with a row that is done or pending. Any other answer says nothing about the event.
      if (state === "done" || state === "pending") return { state };
      throw unknownAnswer();
    },
  };
}

/** `LeaseStore.renew`. */
export function renewOperation(
  key: DedupKey,
  holder: Holder,
  leaseMs: number,
  retentionMs: number,
): Operation<Settlement> {
  return settlement(RENEW, key, holder, leaseMs, retentionMs);
}

/** `LeaseStore.complete`. */
export function completeOperation(key: DedupKey, holder: Holder, retentionMs: number): Operation<Settlement> {
  return settlement(COMPLETE, key, holder, retentionMs);
}

/** `LeaseStore.release`. */
export function releaseOperation(
  { namespace, id }: DedupKey,
  { owner, fence }: Holder,
  retentionMs: number,
): Operation<Settlement> {
  return {
    calls: [
      { sql: RELEASE, values: [namespace, id, owner, fence, retentionMs] },
      { sql: STATE, values: [namespace, id], unlessAnswered: true },
    ],
    read([released, rows]) {
      if (released?.[0] !== undefined) return "ok";
      // A row that is free counts as released, whichever call released it.
      const row = rows?.[0];
      return row === undefined || stateFrom(row) === "released" ? "ok" : "lost";
    },
  };
}

/** `LeaseStore.forget`. */
export function forgetOperation({ namespace, id }: DedupKey, retentionMs: number): Operation<Forgetting> {
  return {
    calls: [{ sql: FORGET, values: [namespace, id, retentionMs] }],
    read([rows]) {
      const row = rows?.[0];
      if (row === undefined) return "absent";
      const state = stateFrom(row);
      if (state === "done") throw unknownAnswer();
      return state === "pending" ? "pending" : "forgotten";
    },
  };
}

function settlement(
  sql: string,
  { namespace, id }: DedupKey,
  { owner, fence }: Holder,
  ...times: number[]
): Operation<Settlement> {
  return {
    calls: [{ sql, values: [namespace, id, owner, fence, ...times] }],
    read([rows]) {
      const row = rows?.[0];
      if (row === undefined) return "lost";
      stateFrom(row);
      return "ok";
    },
  };
}

function fenceFrom(value: unknown): number {
  // A driver may be set to return integers as bigint.
  const fence = Number(value);
  if (Number.isSafeInteger(fence) && fence > 0) return fence;
  throw unknownAnswer();
}

function stateFrom(row: Row | undefined): "pending" | "released" | "done" {
  const state = row?.state;
  if (state === "pending" || state === "released" || state === "done") return state;
  throw unknownAnswer();
}
