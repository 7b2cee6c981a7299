import { onlyRow } from "../answers.ts";
import { type Row, Statement } from "../statement.ts";
import type { Table } from "../table.ts";

/** What PostgreSQL says of itself and of the table, as text; `null` for what does not exist. */
export interface Facts {
  readonly version: string;
  readonly nowMs: string;
  readonly recovering: string;
  readonly readOnly: string;
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly statementTimeoutMs: string;
  readonly lockTimeoutMs: string;
  readonly idleTimeoutMs: string;
  /** `r` for a table, `p` for a partitioned one. */
  readonly kind: string | null;
  /** `p` for a table that outlives a crash. */
  readonly persistence: string | null;
  /** `name type`, separated by commas. */
  readonly columns: string | null;
  /** Of other columns, those that an INSERT has to name. */
  readonly demands: string | null;
  /** Whether a primary key or a unique index is over namespace and id. */
  readonly key: string | null;
  /** `valid`, or `invalid` for an index whose making failed or is not over. */
  readonly index: string | null;
  /** Those of the four that the role has, separated by commas. */
  readonly privileges: string | null;
  readonly rowSecurity: string | null;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const setting = (name: string): string => `(SELECT setting FROM pg_settings WHERE name = '${name}')`;

/** Of no column as a whole: a role may have rights on some only. */
const RIGHTS = ["SELECT", "INSERT", "UPDATE"].map(
  (right) => `CASE WHEN has_any_column_privilege(rel.oid, '${right}') THEN '${right}' END`,
);

/** Everything in one statement, which works without the table. Takes no lock that a claim could wait for. */
export function factsOf({ table, index }: Table): Statement {
  return new Statement(`
    SELECT current_setting('server_version_num') AS "version",
      (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS "nowMs",
      pg_is_in_recovery()::text AS "recovering",
      current_setting('transaction_read_only') AS "readOnly",
      current_setting('fsync') AS "fsync",
      current_setting('synchronous_commit') AS "synchronousCommit",
      ${setting("statement_timeout")} AS "statementTimeoutMs",
      ${setting("lock_timeout")} AS "lockTimeoutMs",
      ${setting("idle_in_transaction_session_timeout")} AS "idleTimeoutMs",
      rel.relkind::text AS "kind",
      rel.relpersistence::text AS "persistence",
      (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ',') FROM pg_attribute
        WHERE attrelid = rel.oid AND attnum > 0 AND NOT attisdropped) AS "columns",
      (SELECT string_agg(attname, ',') FROM pg_attribute
        WHERE attrelid = rel.oid AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef
          AND attidentity = '' AND attname NOT IN ('fence', 'until', 'namespace', 'id', 'state', 'owner')) AS "demands",
      EXISTS (SELECT FROM pg_index WHERE indrelid = rel.oid AND indisunique AND indisvalid AND indpred IS NULL
        AND indnkeyatts = 2 AND (SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute
          WHERE attrelid = rel.oid AND attnum = ANY (indkey)) = ARRAY['id', 'namespace'])::text AS "key",
      (SELECT CASE WHEN indisvalid THEN 'valid' ELSE 'invalid' END FROM pg_index JOIN pg_class AS ind ON ind.oid = indexrelid
        WHERE indrelid = rel.oid AND '"' || replace(ind.relname, '"', '""') || '"' = ${literal(index)}) AS "index",
      concat_ws(',', ${RIGHTS.join(", ")},
        CASE WHEN has_table_privilege(rel.oid, 'DELETE') THEN 'DELETE' END) AS "privileges",
      row_security_active(rel.oid)::text AS "rowSecurity"
    FROM (SELECT to_regclass(${literal(table)})::oid AS oid) AS named LEFT JOIN pg_class AS rel ON rel.oid = named.oid`);
}

/** Read from the server, so the values are what they are said to be; a library may still return something else. */
export function factsFrom(rows: readonly Row[]): Facts {
  return onlyRow(rows) as unknown as Facts;
}
