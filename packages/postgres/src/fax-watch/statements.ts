import { Statement } from "../statement.ts";
import type { Table } from "../table.ts";

/** Every statement of a fax watch but those of its schema. The server's clock decides what is due. */
export interface FaxWatchStatements {
  readonly expect: Statement<"namespace" | "id" | "by">;
  readonly end: Statement<"namespace" | "id" | "state" | "retentionMs">;
  readonly page: Statement<"namespace" | "olderThan" | "afterBy" | "afterId" | "limit">;
  readonly status: Statement<"namespace">;
  readonly deleteExpired: Statement<"batchSize">;
}

const NOW = "clock_timestamp()";
/** Times go in and out as milliseconds since 1970, which every library passes on unchanged. */
const timeOf = (hole: string): string => `to_timestamp({${hole}}::float8 / 1000)`;
const msOf = (time: string): string => `round(extract(epoch FROM ${time}) * 1000)::bigint::text`;
const KEY = "namespace = {namespace}::text AND id = {id}::text";

export function faxWatchStatementsFor({ table }: Table): FaxWatchStatements {
  const open = `state = 'expected' AND NOT EXISTS (
      SELECT FROM ${table} AS ended
      WHERE ended.namespace = fax.namespace AND ended.id = fax.id AND ended.state IN ('settled', 'dismissed'))`;
  return {
    expect: new Statement(`
      INSERT INTO ${table} (namespace, id, state, since, until)
      SELECT {namespace}::text, {id}::text, 'expected', ${NOW}, ${timeOf("by")}
      WHERE NOT EXISTS (SELECT FROM ${table} WHERE ${KEY} AND state IN ('settled', 'dismissed'))
      ON CONFLICT DO NOTHING`),
    // An expectation that another transaction has not committed yet stays, and `open` leaves it out.
    end: new Statement(`
      WITH ended AS (
        INSERT INTO ${table} (namespace, id, state, since, until)
        VALUES ({namespace}::text, {id}::text, {state}::text, ${NOW},
          ${NOW} + {retentionMs}::float8 * interval '1 ms')
        ON CONFLICT DO NOTHING
      )
      DELETE FROM ${table} WHERE ${KEY} AND state = 'expected'`),
    page: new Statement(`
      SELECT id, ${msOf("since")} AS since, ${msOf("until")} AS by FROM ${table} AS fax
      WHERE namespace = {namespace}::text AND ${open}
        AND until < CASE {olderThan}::text WHEN '' THEN ${NOW} ELSE to_timestamp(nullif({olderThan}::text, '')::float8 / 1000) END
        AND ({afterId}::text = '' OR (until, id) > (${timeOf("afterBy")}, {afterId}::text))
      ORDER BY until, id LIMIT {limit}::bigint`),
    // The newest ended row by its index; its retention may have been another.
    status: new Statement(`
      SELECT count(*)::text AS expected,
        count(*) FILTER (WHERE until < ${NOW})::text AS owed,
        coalesce(extract(epoch FROM ${NOW} - min(until) FILTER (WHERE until < ${NOW})), 0)::float8::text AS oldest,
        (SELECT extract(epoch FROM ${NOW} - since)::float8::text FROM ${table}
          WHERE namespace = {namespace}::text AND state = 'settled' ORDER BY until DESC LIMIT 1) AS last
      FROM ${table} AS fax WHERE namespace = {namespace}::text AND ${open}`),
    // With all rows of its fax: an expectation that was left beside it would be owed otherwise.
    deleteExpired: new Statement(`
      WITH expired AS MATERIALIZED (
        SELECT namespace, id FROM ${table} WHERE state IN ('settled', 'dismissed') AND until <= now()
        ORDER BY until LIMIT {batchSize}::bigint FOR UPDATE SKIP LOCKED
      ), deleted AS (
        DELETE FROM ${table} AS fax USING expired WHERE fax.namespace = expired.namespace AND fax.id = expired.id
      )
      SELECT count(*)::text AS count FROM expired`),
  };
}
