import { inspectStatement } from "./inspect.ts";
import { sqlStateOf } from "./sql-state.ts";
import { Statement } from "./statement.ts";
import type { Table } from "./table.ts";

/** Every statement but those of the schema. Each is one atomic step, and takes the time from the server's clock. */
export interface Statements {
  /** For a lease store. */
  readonly claim: Statement<"namespace" | "id" | "owner" | "leaseMs">;
  /** For a transaction that holds the claim while the handler works. */
  readonly claimAlone: Statement<"namespace" | "id" | "owner" | "leaseMs">;
  /** The same, but it answers "used" where the transaction has written before. */
  readonly claimIfFresh: Statement<"namespace" | "id" | "owner" | "leaseMs">;
  readonly renew: Statement<"namespace" | "id" | "owner" | "fence" | "leaseMs">;
  readonly complete: Statement<"namespace" | "id" | "owner" | "fence" | "retentionMs">;
  /** The same, for a statement that COMMIT follows in one message: it fails where the claim is lost. */
  readonly completeOrFail: Statement<"namespace" | "id" | "owner" | "fence" | "retentionMs">;
  readonly release: Statement<"namespace" | "id" | "owner" | "fence" | "retentionMs">;
  readonly forget: Statement<"namespace" | "id" | "retentionMs">;
  readonly inspect: Statement<"namespace" | "id">;
  readonly deleteExpired: Statement<"batchSize">;
}

const LOST = "mintfax_claim_lost";

/** Whether it is the error of {@link Statements.completeOrFail}. */
export function isLost(error: unknown): boolean {
  return sqlStateOf(error) === "22P02" && error instanceof Error && error.message.includes(LOST);
}

// Not now(), which is when the transaction began: another one may have claimed since then, and a handler may have worked.
export const NOW: string = "clock_timestamp()";
const inMs = (hole: string): string => later(`{${hole}}::float8`);
/** @param ms an expression */
export const later = (ms: string): string => `${NOW} + ${ms} * interval '1 ms'`;
/**
 * Microseconds, so that fences grow where no row remembers the last one: after a rollback, and after retention. Not the
 * transaction's number: after a crash the server gives numbers out again whose WAL was not flushed.
 */
export const FENCE: string = `(extract(epoch FROM ${NOW}) * 1000000)::bigint`;
const KEY = "namespace = {namespace}::text AND id = {id}::text";
const HOLDER = `${KEY} AND owner = {owner}::text AND fence = {fence}::bigint`;

/**
 * A process that was paused or cut off keeps its transaction, and with it the event, for as long as the server believes that
 * the connection is alive, which can be hours. So the server ends a transaction after 60 s without a statement, before
 * mintfax's third attempt. A limit that is set already stays.
 */
const IDLE_LIMIT = `CASE current_setting('idle_in_transaction_session_timeout') WHEN '0'
        THEN set_config('idle_in_transaction_session_timeout', '60s', true) END`;

/**
 * One lock for each key of each table; no statement waits for it. An id has no space, so the last space ends the namespace.
 *
 * @param namespace an expression, as is `id`
 */
export function lockOf({ table }: Table, namespace: string, id: string): string {
  const tableId = `'${table.replaceAll("'", "''")}'::regclass::oid::bigint`;
  return `hashtextextended(${namespace} || ' ' || ${id}, ${tableId})`;
}

export function statementsFor(of: Table): Statements {
  const { table } = of;
  const lock = lockOf(of, "{namespace}::text", "{id}::text");

  const held = `SELECT state FROM ${table}
        WHERE ${KEY} AND until > ${NOW} AND (state = 'done' OR state = 'pending' AND owner <> {owner}::text)`;

  // First the read, so that a duplicate writes nothing: an upsert that is refused still locks the row and costs a flush. Then
  // the lock, so that no delivery waits for a transaction's claim. Then the takeover, which sees the newest version of the
  // row, not the one that existed when the statement began.
  const claim = (
    tryLock: string,
    onClaim = "NULL",
    refusals: readonly string[] = [held],
  ): Statement<"namespace" | "id" | "owner" | "leaseMs"> =>
    new Statement(`
      WITH held AS MATERIALIZED (
        ${refusals.join("\n        UNION ALL ")}
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

  // A row that is done keeps its holder, so that a completion whose answer was lost can be sent again.
  const complete = `
      UPDATE ${table} SET until = ${inMs("retentionMs")}, state = 'done'
      WHERE ${HOLDER} AND state IN ('pending', 'done') RETURNING state`;

  return {
    // Leases share the lock: among them the row decides, which is locked only as long as a statement takes.
    claim: claim("pg_try_advisory_xact_lock_shared"),
    claimAlone: claim("pg_try_advisory_xact_lock", IDLE_LIMIT),
    // The read comes before the claim is written, which makes this transaction one that has written.
    claimIfFresh: claim("pg_try_advisory_xact_lock", IDLE_LIMIT, [
      "SELECT 'used' AS state WHERE pg_current_xact_id_if_assigned() IS NOT NULL",
      `${held} AND pg_current_xact_id_if_assigned() IS NULL`,
    ]),
    renew: new Statement(`
      UPDATE ${table} SET until = ${inMs("leaseMs")} WHERE ${HOLDER} AND state = 'pending' RETURNING state`),
    complete: new Statement(complete),
    // The text is not a number, and PostgreSQL reads it only where no row was completed.
    completeOrFail: new Statement(`
      WITH completed AS (${complete})
      SELECT CASE WHEN EXISTS (SELECT FROM completed) THEN 1
        ELSE ('${LOST}' || (SELECT count(*) FROM completed))::int END AS completed`),
    // A row that is free already counts as released. The UPDATE locks the row, so it also sees a release that is not committed yet.
    release: new Statement(`
      WITH released AS (
        UPDATE ${table} SET state = 'released',
          until = CASE state WHEN 'pending' THEN ${inMs("retentionMs")} ELSE until END
        WHERE ${KEY} AND (state = 'released'
          OR state = 'pending' AND owner = {owner}::text AND fence = {fence}::bigint) RETURNING state
      )
      SELECT state FROM released
      UNION ALL SELECT 'absent' WHERE NOT EXISTS (SELECT FROM ${table} WHERE ${KEY})`),
    // The lock shows that a transaction is working on the event, whose row is not visible to others yet.
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
    inspect: inspectStatement(table, lock),
    // By ctid, which does not change while a row is locked. Rows that another transaction has locked are skipped.
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
