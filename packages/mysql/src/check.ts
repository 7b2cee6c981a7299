import { type CheckFinding, inFull, TimeLimit } from "@mintfax-webhooks/core/store";
import { rowsOf, unexpected, wholeFrom } from "./answers.ts";
import { explained } from "./errors.ts";
import { requireFresh } from "./fresh.ts";
import type { Settings } from "./options.ts";
import { type MysqlConnection, withConnection } from "./pool.ts";

/** `LeaseStore.check`, and that of a transactional store. Never rejects. */
export function checkOf({ pool, table, timeoutMs }: Settings): { check(): Promise<readonly CheckFinding[]> } {
  return {
    async check() {
      const limit = new TimeLimit(timeoutMs, "MySQL");
      try {
        return await limit.over(withConnection(pool, limit, (connection) => look(connection, table)));
      } catch (error) {
        const message = `MySQL cannot be used: ${inFull(explained(error, table))}`;
        return [{ code: "mysql_reachable", level: "error", ok: false, message }];
      }
    },
  };
}

async function look(connection: MysqlConnection, table: string): Promise<readonly CheckFinding[]> {
  await requireFresh(connection);
  // Fails where the table or a column is missing, or may not be read.
  await rowsOf(connection, `SELECT namespace, id, fence, until, state, owner FROM ${table} LIMIT 0`);
  const [row] = await rowsOf(
    connection,
    "SELECT IF(@@autocommit, '1', '0') AS autocommit, CAST(@@GLOBAL.read_only AS CHAR) AS read_only, CAST(@@GLOBAL.innodb_flush_log_at_trx_commit AS CHAR) AS flush",
  );
  if (row === undefined) throw unexpected();
  const [created] = await rowsOf(connection, `SHOW CREATE TABLE ${table}`);
  return [
    { code: "mysql_reachable", level: "error", ok: true, message: "MySQL answers the store's statements." },
    writable(row),
    autocommit(row),
    engine(String(created?.["Create Table"])),
    flush(wholeFrom(row.flush)),
  ];
}

function writable(row: Readonly<Record<string, unknown>>): CheckFinding {
  // MariaDB says 0 or 1, later versions OFF or ON.
  const ok = ["0", "OFF"].includes(String(row.read_only));
  const message = ok ? "The server takes writes." : "The server is read-only, as a replica is.";
  return {
    code: "mysql_writable",
    level: "error",
    ok,
    message,
    ...(!ok && { fix: "Connect the pool to the primary." }),
  };
}

function autocommit(row: Readonly<Record<string, unknown>>): CheckFinding {
  const ok = wholeFrom(row.autocommit) === 1;
  const message = `autocommit is ${ok ? "on" : "off, so a lease store cannot commit its statements"}.`;
  const fix = "Remove `SET autocommit = 0` from the pool's set-up and from the server's init_connect.";
  return { code: "mysql_autocommit", level: "error", ok, message, ...(!ok && { fix }) };
}

function engine(sql: string): CheckFinding {
  const name = /\bENGINE=(\w+)/.exec(sql)?.[1] ?? "unknown";
  const ok = name === "InnoDB";
  const message = `The table's engine is ${name}.`;
  const fix = "ALTER TABLE it to ENGINE = InnoDB: others have no transactions, or lose rows in a crash.";
  return { code: "mysql_engine", level: "error", ok, message, ...(!ok && { fix }) };
}

function flush(value: number | undefined): CheckFinding {
  const ok = value === undefined ? "unknown" : value === 1;
  const message =
    value === 1
      ? "Each commit is on the server's disk before it is acknowledged."
      : `innodb_flush_log_at_trx_commit is ${value}: a crash of the server or its machine loses the last second, and its events are handled twice.`;
  const fix = "Set innodb_flush_log_at_trx_commit = 1.";
  return { code: "mysql_flush", level: "warning", ok, message, ...(ok !== true && { fix }) };
}
