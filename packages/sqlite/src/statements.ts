/** The database's clock, in milliseconds since 1970. It stands still during a statement. */
const NOW_MS = "unixepoch('subsec') * 1000";
/** A time from now on, as a column stores it. */
const inMs = (ms: string): string => `CAST(${NOW_MS} + ${ms} AS INTEGER)`;

const KEY = "namespace = ?1 AND id = ?2";
const HELD = `${KEY} AND owner = ?3 AND fence = ?4`;

/**
 * Namespace, id, owner, leaseMs, retentionMs. Returns a row with the fence for a claim, and no row for a refusal. A fence is at
 * least the time, so that fences grow even after the row was deleted.
 */
export const CLAIM: string = `
INSERT INTO mintfax_dedup (namespace, id, state, owner, fence, lease_until_ms, expires_ms)
VALUES (?1, ?2, 'pending', ?3, CAST(${NOW_MS} AS INTEGER), ${inMs("?4")}, ${inMs("?4 + ?5")})
ON CONFLICT (namespace, id) DO UPDATE SET
  state = 'pending',
  owner = excluded.owner,
  fence = CASE WHEN state = 'pending' AND owner = excluded.owner THEN fence ELSE max(fence + 1, excluded.fence) END,
  lease_until_ms = excluded.lease_until_ms,
  expires_ms = excluded.expires_ms
WHERE CASE state
  WHEN 'pending' THEN owner = excluded.owner OR lease_until_ms <= ${NOW_MS}
  WHEN 'done' THEN expires_ms <= ${NOW_MS}
  ELSE TRUE
END
RETURNING fence`;

/** Namespace, id. */
export const STATE: string = `SELECT state FROM mintfax_dedup WHERE ${KEY}`;

/** Namespace, id. Returns the row, unless it is past its retention, with the database's clock. */
export const INSPECT: string = `
SELECT state, owner, fence, lease_until_ms AS lease_ends_ms, expires_ms, CAST(${NOW_MS} AS INTEGER) AS now_ms
FROM mintfax_dedup WHERE ${KEY} AND (state = 'pending' OR expires_ms > ${NOW_MS})`;

/** Namespace or an empty text for all, and how many rows at most. Returns the claims that are not settled, the oldest first. */
export const PENDING: string = `
SELECT namespace, id, state, owner, fence, lease_until_ms AS lease_ends_ms, expires_ms, CAST(${NOW_MS} AS INTEGER) AS now_ms
FROM mintfax_dedup WHERE state = 'pending' AND (?1 = '' OR namespace = ?1) ORDER BY fence LIMIT ?2`;

/** Namespace, id, owner, fence, leaseMs, retentionMs. Returns a row if the caller holds the claim. */
export const RENEW: string = `
UPDATE mintfax_dedup SET lease_until_ms = ${inMs("?5")}, expires_ms = ${inMs("?5 + ?6")}
WHERE ${HELD} AND state = 'pending'
RETURNING state`;

/** Namespace, id, owner, fence, retentionMs. Returns a row if the caller holds the claim, or had completed it already. */
export const COMPLETE: string = `
UPDATE mintfax_dedup SET state = 'done', expires_ms = ${inMs("?5")}
WHERE ${HELD} AND state IN ('pending', 'done')
RETURNING state`;

/** Namespace, id, owner, fence, retentionMs. Returns a row if the caller held the claim; `STATE` tells what else there is. */
export const RELEASE: string = `
UPDATE mintfax_dedup SET state = 'released', expires_ms = ${inMs("?5")}
WHERE ${HELD} AND state = 'pending'
RETURNING state`;

/** Namespace, id, retentionMs. Returns the row, now `released`, if it was done; unchanged, if it is held. */
export const FORGET: string = `
UPDATE mintfax_dedup SET
  expires_ms = CASE state WHEN 'done' THEN ${inMs("?3")} ELSE expires_ms END,
  state = CASE state WHEN 'done' THEN 'released' ELSE state END
WHERE ${KEY} AND (state = 'done' AND expires_ms > ${NOW_MS} OR state = 'pending' AND lease_until_ms > ${NOW_MS})
RETURNING state`;

/** The highest number of rows to delete. Returns a row for each. */
export const DELETE_EXPIRED: string = `
DELETE FROM mintfax_dedup WHERE (namespace, id) IN
  (SELECT namespace, id FROM mintfax_dedup WHERE expires_ms <= ${NOW_MS} ORDER BY expires_ms LIMIT ?1)
RETURNING state`;
