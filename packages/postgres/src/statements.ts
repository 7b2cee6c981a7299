import { Statement } from "./statement.ts";
import type { Table } from "./table.ts";

/** Every statement but the schema's. Each is one atomic step, and each time in it is the server's. */
export interface Statements {
  /** Of a lease store. */
  readonly claim: Statement<"namespace" | "id" | "owner" | "leaseMs">;
  /** Of a transaction that works while it holds the claim. */
  readonly claimAlone: Statement<"namespace" | "id" | "owner" | "leaseMs">;
  readonly renew: Statement<"namespace" | "id" | "owner" | "fence" | "leaseMs">;
  readonly complete: Statement<"namespace" | "id" | "owner" | "fence" | "retentionMs">;
  readonly release: Statement<"namespace" | "id" | "owner" | "fence" | "retentionMs">;
  readonly forget: Statement<"namespace" | "id" | "retentionMs">;
  readonly deleteExpired: Statement<"batchSize">;
}

// Not now(), which is the start of the transaction: a handler may have worked for long since then.
const NOW = "clock_timestamp()";
const inMs = (hole: string): string => `${NOW} + {${hole}}::float8 * interval '1 ms'`;
/**
 * Microseconds, so that fences grow where no row is left to remember the last one: after a rollback, and after retention.
 * Not the transaction's number, which a crash of the server has given out once more if its WAL was not flushed.
 */
const FENCE = `(extract(epoch FROM ${NOW}) * 1000000)::bigint`;
const KEY = "namespace = {namespace}::text AND id = {id}::text";
const HOLDER = `${KEY} AND owner = {owner}::text AND fence = {fence}::bigint`;

/**
 * A worker that was paused or cut off keeps its transaction, and with it the event, for as long as the server takes the
 * connection for alive: hours. So the server ends it after a minute without a statement, before mintfax's third
 * attempt; unless it has a limit already.
 */
const IDLE_LIMIT = `CASE current_setting('idle_in_transaction_session_timeout') WHEN '0'
        THEN set_config('idle_in_transaction_session_timeout', '60s', true) END`;

export function statementsFor({ table }: Table): Statements {
  // One lock for each key of each table, never waited for. An id holds no space, so the last one ends the namespace.
  const tableId = `'${table.replaceAll("'", "''")}'::regclass::oid::bigint`;
  const lock = `hashtextextended({namespace}::text || ' ' || {id}::text, ${tableId})`;

  // Read first, so that a duplicate writes nothing: an upsert that is refused still locks the row and costs a flush. Then
  // the lock, so that nobody waits for a transaction's claim. Then the takeover, which looks at the newest version
  // of the row, not at the one that was there when the statement began.
  const claim = (tryLock: string, onClaim = "NULL"): Statement<"namespace" | "id" | "owner" | "leaseMs"> =>
    new Statement(`
      WITH held AS MATERIALIZED (
        SELECT state FROM ${table}
        WHERE ${KEY} AND until > ${NOW} AND (state = 'done' OR state = 'pending' AND owner <> {owner}::text)
      ), turn AS MATERIALIZED (
        SELECT ${tryLock}(${lock}) AS mine WHERE NOT EXISTS (SELECT FROM held)
      ), claimed AS (
        INSERT INTO ${table} AS kept (namespace, id, fence, until, state, owner)
        SELECT {namespace}::text, {id}::text, ${FENCE}, ${inMs("leaseMs")}, 'pending',
          {owner}::text
        FROM turn WHERE mine
        ON CONFLICT (namespace, id) DO UPDATE SET
          fence = CASE WHEN kept.state = 'pending' AND kept.owner = excluded.owner THEN kept.fence
            ELSE greatest(kept.fence + 1, excluded.fence) END,
          until = excluded.until, state = 'pending', owner = excluded.owner
        WHERE kept.until <= ${NOW} OR kept.state = 'released' OR kept.state = 'pending' AND kept.owner = excluded.owner
        RETURNING fence
      )
      SELECT 'claimed' AS state, fence::text, ${onClaim} FROM claimed
      UNION ALL SELECT state, NULL, NULL FROM held
      UNION ALL SELECT 'pending', NULL, NULL WHERE NOT EXISTS (SELECT FROM held) AND NOT EXISTS (SELECT FROM claimed)`);

  return {
    // Leases share the lock: among them the row decides, and it is never locked for longer than a statement takes.
    claim: claim("pg_try_advisory_xact_lock_shared"),
    claimAlone: claim("pg_try_advisory_xact_lock", IDLE_LIMIT),
    renew: new Statement(`
      UPDATE ${table} SET until = ${inMs("leaseMs")} WHERE ${HOLDER} AND state = 'pending' RETURNING state`),
    // DONE keeps its holder, so that a completion whose answer got lost can be sent again.
    complete: new Statement(`
      UPDATE ${table} SET until = ${inMs("retentionMs")}, state = 'done'
      WHERE ${HOLDER} AND state IN ('pending', 'done') RETURNING state`),
    // What is free already counts as released. The row is locked to see that: a release may still be under way.
    release: new Statement(`
      WITH released AS (
        UPDATE ${table} SET state = 'released',
          until = CASE state WHEN 'pending' THEN ${inMs("retentionMs")} ELSE until END
        WHERE ${KEY} AND (state = 'released'
          OR state = 'pending' AND owner = {owner}::text AND fence = {fence}::bigint) RETURNING state
      )
      SELECT state FROM released
      UNION ALL SELECT 'absent' WHERE NOT EXISTS (SELECT FROM ${table} WHERE ${KEY})`),
    // The lock tells that a transaction, whose row nobody else can see yet, is at work on it.
    forget: new Statement(`
      WITH turn AS MATERIALIZED (
        SELECT pg_try_advisory_xact_lock(${lock}) AS mine
      ), forgotten AS (
        UPDATE ${table} SET until = ${inMs("retentionMs")}, state = 'released'
        WHERE ${KEY} AND state = 'done' AND until > ${NOW} AND (SELECT mine FROM turn) RETURNING state
      )
      SELECT CASE
        WHEN EXISTS (SELECT FROM forgotten) THEN 'forgotten'
        WHEN NOT (SELECT mine FROM turn) THEN 'pending'
        WHEN EXISTS (SELECT FROM ${table} WHERE ${KEY} AND state = 'pending' AND until > ${NOW}) THEN 'pending'
        ELSE 'absent' END AS answer`),
    // By place, since rows that are locked stay where they are. What somebody else has locked is left to them.
    deleteExpired: new Statement(`
      WITH deleted AS (
        DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${table} WHERE state <> 'pending' AND until <= now()
          ORDER BY until LIMIT {batchSize}::bigint FOR UPDATE SKIP LOCKED
        )) RETURNING 1
      )
      SELECT count(*)::text AS count FROM deleted`),
  };
}
