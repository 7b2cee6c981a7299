import { Statement } from "./statement.ts";
import { FENCE, later, lockOf, NOW } from "./statements.ts";
import type { Table } from "./table.ts";

/**
 * The statements of a lease store for many calls at once. Each hole is an array with a value for each call. The keys of
 * one statement differ and are sorted, so that no two statements wait for each other.
 *
 * A statement answers only what it knows without waiting for another transaction: it passes over a row that is locked. What
 * it does not return is asked alone.
 */
export interface BatchStatements {
  readonly claim: Statement<"namespace" | "id" | "owner" | "leaseMs">;
  readonly renew: Statement<"namespace" | "id" | "owner" | "fence" | "leaseMs">;
  readonly complete: Statement<"namespace" | "id" | "owner" | "fence" | "retentionMs">;
  readonly release: Statement<"namespace" | "id" | "owner" | "fence" | "retentionMs">;
}

export function batchStatementsFor(table: Table): BatchStatements {
  const { table: name } = table;

  // INSERT ... ON CONFLICT and not UPDATE ... FROM: it finds each row by the key, where a plan that was made while the table
  // was small would go on reading all of it. It never inserts, since the row is locked before.
  const settlement = (time: string, state: string, from: string) => `
      INSERT INTO ${name} AS kept (namespace, id, fence, until, state, owner)
      SELECT held.namespace, held.id, held.fence, ${later("asked.ms")}, '${state}', held.owner
      FROM unnest({namespace}::text[], {id}::text[], {owner}::text[], {fence}::bigint[], {${time}}::float8[])
        AS asked (namespace, id, owner, fence, ms),
      LATERAL (
        SELECT * FROM ${name} AS mine
        WHERE mine.namespace = asked.namespace AND mine.id = asked.id
          AND mine.owner = asked.owner AND mine.fence = asked.fence AND mine.state IN (${from})
        FOR UPDATE SKIP LOCKED
      ) AS held
      ON CONFLICT (namespace, id) DO UPDATE SET until = excluded.until, state = excluded.state
      RETURNING namespace, id`;

  return {
    // A row that can be taken over is locked first. A key without a row is inserted, which waits for another process that
    // inserts it at the same moment.
    claim: new Statement(`
      WITH asked AS MATERIALIZED (
        SELECT asked.*, kept.state, kept.owner AS holder,
          kept.until > ${NOW} AND (kept.state = 'done' OR kept.state = 'pending' AND kept.owner <> asked.owner) AS is_held
        FROM unnest({namespace}::text[], {id}::text[], {owner}::text[], {leaseMs}::float8[])
          AS asked (namespace, id, owner, lease_ms)
        LEFT JOIN LATERAL (
          SELECT state, owner, until FROM ${name} AS kept
          WHERE kept.namespace = asked.namespace AND kept.id = asked.id OFFSET 0
        ) AS kept ON true
      ), claimed AS (
        INSERT INTO ${name} AS kept (namespace, id, fence, until, state, owner)
        SELECT namespace, id, ${FENCE}, ${later("lease_ms")}, 'pending', owner FROM asked
        WHERE CASE
          WHEN is_held THEN false
          WHEN NOT pg_try_advisory_xact_lock_shared(${lockOf(table, "namespace", "id")}) THEN false
          WHEN is_held IS NULL THEN true
          ELSE EXISTS (
            SELECT FROM ${name} AS free WHERE free.namespace = asked.namespace AND free.id = asked.id FOR UPDATE SKIP LOCKED
          ) END
        ON CONFLICT (namespace, id) DO UPDATE SET
          fence = CASE WHEN kept.state = 'pending' AND kept.owner = excluded.owner THEN kept.fence
            ELSE greatest(kept.fence + 1, excluded.fence) END,
          until = excluded.until, state = 'pending', owner = excluded.owner
        WHERE kept.until <= ${NOW} OR kept.state = 'released' OR kept.state = 'pending' AND kept.owner = excluded.owner
        RETURNING namespace, id, fence
      )
      SELECT namespace, id, 'claimed' AS state, fence::text, NULL AS holder FROM claimed
      UNION ALL SELECT namespace, id, state, NULL, holder FROM asked WHERE is_held`),
    renew: new Statement(settlement("leaseMs", "pending", "'pending'")),
    complete: new Statement(settlement("retentionMs", "done", "'pending', 'done'")),
    release: new Statement(settlement("retentionMs", "released", "'pending'")),
  };
}
