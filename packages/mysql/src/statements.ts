import type { DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { createTable } from "./schema.ts";
import { BRIEFLY, bytes, later, NOW, wholeFrom } from "./sql.ts";
import type { HexKey, Upkept } from "./upkept.ts";

/*
 * Each statement is one atomic step, and takes the time from the server's clock. One that changes a row answers by
 * LAST_INSERT_ID(expr): what MySQL counts as "affected" depends on a flag of the connection (CLIENT_FOUND_ROWS), and
 * MySQL has no RETURNING. A key is the primary key, so no statement locks a gap.
 */

/** What {@link claim} answers in place of a fence. */
export const DONE = 1;
export const PENDING = 2;

/** The owner of a transaction's claim begins with it. */
export const OF_TRANSACTION = "transaction ";

/**
 * Columns are assigned from left to right, and later expressions see what earlier ones have assigned: `until` comes last,
 * and once `owner` and `state` are the claimer's, they stay so. Where nothing is to change, InnoDB writes nothing.
 *
 * Fences are microseconds, so that they grow where no row remembers the last one: after a rollback, and after retention.
 */
export function claim(table: string, key: DedupKey, owner: string, leaseMs: number): string {
  const mine = bytes(owner);
  const isOwn = `state = 'pending' AND owner = ${mine}`;
  const isFree = `(${isOwn} OR until <= ${NOW} OR state = 'released')`;
  return `${BRIEFLY}
    INSERT INTO ${table} (namespace, id, fence, until, state, owner)
    VALUES (${bytes(key.namespace)}, ${bytes(key.id)}, LAST_INSERT_ID(${NOW}), ${later(leaseMs)}, 'pending', ${mine})
    ON DUPLICATE KEY UPDATE
      fence = CASE
        WHEN ${isOwn} THEN LAST_INSERT_ID(fence)
        WHEN ${isFree} THEN LAST_INSERT_ID(GREATEST(fence + 1, ${NOW}))
        WHEN state = 'done' THEN fence + 0 * LAST_INSERT_ID(${DONE} * SIGN(fence))
        ELSE fence + 0 * LAST_INSERT_ID(${PENDING} * SIGN(fence)) END,
      owner = IF(${isFree}, ${mine}, owner),
      state = IF(${isFree}, 'pending', state),
      until = IF(${isFree}, ${later(leaseMs)}, until)`;
}

export function renew(table: string, key: DedupKey, holder: Holder, leaseMs: number): string {
  return `${BRIEFLY}
    UPDATE ${table} SET ${MATCHED}, until = ${later(leaseMs)}
    WHERE ${keyIs(key)} AND ${holderIs(holder)} AND state = 'pending'`;
}

/** A row that is done keeps its holder, so that a completion whose answer was lost can be sent again. */
export function complete(table: string, key: DedupKey, holder: Holder, retentionMs: number): string {
  return `${BRIEFLY}
    UPDATE ${table} SET ${MATCHED}, until = ${later(retentionMs)}, state = 'done'
    WHERE ${keyIs(key)} AND ${holderIs(holder)} AND state IN ('pending', 'done')`;
}

/** Answers with {@link PENDING} where another holds it, or it is done. A row that is free already counts as released. */
export function release(table: string, key: DedupKey, holder: Holder, retentionMs: number): string {
  const isHeld = `state = 'pending' AND ${holderIs(holder)}`;
  return `${BRIEFLY}
    UPDATE ${table} SET
      fence = IF(${isHeld} OR state = 'released', LAST_INSERT_ID(fence), fence + 0 * LAST_INSERT_ID(${PENDING} * SIGN(fence))),
      until = IF(${isHeld}, ${later(retentionMs)}, until),
      state = IF(${isHeld}, 'released', state)
    WHERE ${keyIs(key)}`;
}

/** Answers with 0 where there is nothing to forget, and with {@link PENDING} where a handler is working on it. */
export function forget(table: string, key: DedupKey, retentionMs: number): string {
  const isDone = `state = 'done' AND until > ${NOW}`;
  return `${BRIEFLY}
    UPDATE ${table} SET
      fence = CASE
        WHEN ${isDone} THEN LAST_INSERT_ID(fence)
        WHEN state = 'pending' AND until > ${NOW} THEN fence + 0 * LAST_INSERT_ID(${PENDING} * SIGN(fence))
        ELSE fence END,
      until = IF(${isDone}, ${later(retentionMs)}, until),
      state = IF(${isDone}, 'released', state)
    WHERE ${keyIs(key)}`;
}

/** Reads without a lock, so that no claim waits. */
function expired(table: string, limit: number): string {
  return `
    SELECT HEX(namespace) AS namespace, HEX(id) AS id FROM ${table}
    WHERE until <= ${NOW} AND state <> 'pending' ORDER BY until LIMIT ${wholeFrom(limit)}`;
}

/** By primary key: along the index on `until` it would lock gaps, into which claims insert. */
function deleteExpired(table: string, keys: readonly HexKey[]): string {
  const those = keys.map(({ namespace, id }) => `(namespace = X'${namespace}' AND id = X'${id}')`);
  return `DELETE FROM ${table} WHERE (${those.join(" OR ")}) AND until <= ${NOW} AND state <> 'pending'`;
}

export const UPKEPT: Upkept = { createTable, expired, deleteExpired };

/** Makes the answer other than 0 where a row matched. */
const MATCHED = "fence = LAST_INSERT_ID(fence)";

export function keyIs({ namespace, id }: DedupKey): string {
  return `namespace = ${bytes(namespace)} AND id = ${bytes(id)}`;
}

export function holderIs({ owner, fence }: Holder): string {
  return `owner = ${bytes(owner)} AND fence = ${wholeFrom(fence)}`;
}
