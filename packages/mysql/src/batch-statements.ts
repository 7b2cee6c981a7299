import type { DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { BRIEFLY, bytes, later, NOW, wholeFrom } from "./sql.ts";
import { keyIs } from "./statements.ts";

/*
 * Statements for many calls at once. Their keys differ and are sorted, so that two statements lock rows in the same order.
 */

/** A claim among others. */
export interface ClaimCall extends DedupKey {
  readonly owner: string;
  readonly leaseMs: number;
}

/** A renewal, a completion or a release among others. */
export interface SettlementCall extends DedupKey, Holder {
  /** Milliseconds from now until the lease or the retention ends. */
  readonly ms: number;
}

/** With a fence, more than a BIGINT holds. MySQL ends a statement that computes it with error 1690. */
const TOO_MUCH = "9223372036854775807";

/*
 * MySQL has no RETURNING, and a second statement would read what others have changed since. So a statement does all that it is
 * asked for or nothing: what one of its calls does not get ends it with error 1690, and MySQL undoes what it has written.
 */

/**
 * Claims all of the keys, each of which has no row or a free one, or nothing. Answers with the fence, which all of them get. An
 * owner's second claim, which keeps the first one's fence, is not for this statement.
 */
export function claimTogether(table: string, calls: readonly ClaimCall[]): string {
  const rows = calls.map(
    ({ namespace, id, owner, leaseMs }) =>
      `(${bytes(namespace)}, ${bytes(id)}, LAST_INSERT_ID(${NOW}), ${later(leaseMs)}, 'pending', ${bytes(owner)})`,
  );
  const isOwn = "state = 'pending' AND owner = VALUES(owner)";
  return `${BRIEFLY}
    INSERT INTO ${table} (namespace, id, fence, until, state, owner) VALUES ${rows.join(", ")}
    ON DUPLICATE KEY UPDATE
      fence = IF((until <= ${NOW} OR state = 'released') AND NOT (${isOwn}) AND fence < VALUES(fence),
        VALUES(fence), GREATEST(fence, 1) + ${TOO_MUCH}),
      owner = VALUES(owner), state = 'pending', until = VALUES(until)`;
}

/** What a call of one kind does to its holder's row. */
export interface Transition {
  /** The states in which a row can be, for SQL. */
  readonly from: string;
  readonly state: "pending" | "done" | "released";
}

export const RENEWAL: Transition = { from: "'pending'", state: "pending" };
export const COMPLETION: Transition = { from: "'pending', 'done'", state: "done" };
export const RELEASE: Transition = { from: "'pending'", state: "released" };

/**
 * Settles all of the calls, or none where one of them does not count.
 *
 * The condition is not false for a key without a row, so MySQL does not make an inner join of it, which would pass over that
 * key. Each row is found by the primary key: along another index, or through the whole table, the statement would lock rows of
 * others.
 */
export function settleTogether(
  table: string,
  calls: readonly SettlementCall[],
  { from, state }: Transition,
): string {
  const rows = calls.map(
    ({ namespace, id, owner, fence, ms }) =>
      `SELECT ${bytes(namespace)} AS namespace, ${bytes(id)} AS id, ${bytes(owner)} AS owner, ${wholeFrom(fence)} AS fence, ${wholeFrom(ms)} AS ms`,
  );
  return `${BRIEFLY}
    UPDATE (${rows.join(" UNION ALL ")}) AS asked
      LEFT JOIN ${table} AS kept FORCE INDEX (PRIMARY) ON kept.namespace = asked.namespace AND kept.id = asked.id
    SET kept.until = ${NOW} + asked.ms * 1000, kept.state = '${state}'
    WHERE IF(kept.owner = asked.owner AND kept.fence = asked.fence AND kept.state IN (${from}),
      TRUE, GREATEST(asked.fence, 1) + ${TOO_MUCH})`;
}

/** Which of the keys have a row that is not free, with its holder. */
export function heldTogether(table: string, keys: readonly DedupKey[]): string {
  return `
    SELECT HEX(namespace) AS namespace, HEX(id) AS id, CAST(state AS CHAR) AS state, HEX(owner) AS owner
    FROM ${table} FORCE INDEX (PRIMARY)
    WHERE (${keys.map((key) => `(${keyIs(key)})`).join(" OR ")}) AND state <> 'released' AND until > ${NOW}`;
}
