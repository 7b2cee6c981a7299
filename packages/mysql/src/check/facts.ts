import { type Row, rowsOf, wholeFrom } from "../answers.ts";
import { errorNumberOf, isReadOnly } from "../errors.ts";
import type { MysqlConnection } from "../pool.ts";
import { NOW } from "../sql.ts";

/** What the server says of itself and of the session: variables by name, in lower case. */
export interface ServerFacts {
  readonly nowMs: number;
  readonly variables: ReadonlyMap<string, string>;
}

const VARIABLES = [
  "autocommit",
  "binlog_format",
  "innodb_flush_log_at_trx_commit",
  "innodb_read_only",
  "log_bin",
  "max_statement_time",
  "read_only",
  "super_read_only",
  "transaction_read_only",
  "tx_read_only",
  "version",
  "wait_timeout",
];

/** MySQL and MariaDB have some variables each that the other has not, so they are listed and not selected. */
export async function serverFactsFrom(connection: MysqlConnection): Promise<ServerFacts> {
  const names = VARIABLES.map((name) => `'${name}'`).join(", ");
  const rows = await rowsOf(connection, `SHOW VARIABLES WHERE Variable_name IN (${names})`);
  const [clock] = await rowsOf(connection, `SELECT CAST(${NOW} AS CHAR) AS now_us`);
  return {
    nowMs: (wholeFrom(clock?.now_us) ?? Number.NaN) / 1_000,
    variables: new Map(rows.map((row) => [textOf(row, "Variable_name").toLowerCase(), textOf(row, "Value")])),
  };
}

/** A column as `SHOW FULL COLUMNS` has it. */
export interface Column {
  readonly name: string;
  /** Such as `varbinary(256)`, in lower case. */
  readonly type: string;
  /** Empty for bytes and numbers. */
  readonly collation: string;
  readonly needsValue: boolean;
  /** Of the user, such as `select,insert`. */
  readonly privileges: string;
}

/** What the server says of the table. */
export interface TableFacts {
  readonly engine: string;
  readonly columns: readonly Column[];
  /** The columns of each unique index, in order, joined by a comma. */
  readonly uniques: readonly string[];
  /** The first column of each index. */
  readonly leading: readonly string[];
  readonly mayDelete: boolean;
}

/** Rejects where the table is missing, or is none that the user may look at. */
export async function tableFactsFrom(connection: MysqlConnection, table: string): Promise<TableFacts> {
  const columns = await rowsOf(connection, `SHOW FULL COLUMNS FROM ${table}`);
  const indexes = await rowsOf(connection, `SHOW INDEX FROM ${table}`);
  const [created] = await rowsOf(connection, `SHOW CREATE TABLE ${table}`);
  const byName = new Map<string, Row[]>();
  for (const row of indexes) {
    const name = textOf(row, "Key_name");
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  return {
    engine:
      /\bENGINE=(\w+)/.exec(created === undefined ? "" : textOf(created, "Create Table"))?.[1] ?? "unknown",
    columns: columns.map((row) => ({
      name: textOf(row, "Field"),
      type: textOf(row, "Type").toLowerCase(),
      collation: row.Collation === null ? "" : textOf(row, "Collation"),
      needsValue:
        textOf(row, "Null") === "NO" &&
        row.Default === null &&
        !/auto_increment|generated/i.test(textOf(row, "Extra")),
      privileges: textOf(row, "Privileges"),
    })),
    uniques: [...byName.values()]
      .filter(([first]) => Number(first?.Non_unique) === 0)
      .map((rows) => rows.map((row) => textOf(row, "Column_name")).join()),
    leading: [...byName.values()].map(([first]) => (first === undefined ? "" : textOf(first, "Column_name"))),
    mayDelete: await mayDelete(connection, table),
  };
}

const NO_RIGHT = [1142, 1143];

/** EXPLAIN needs the right to do what it explains, and does nothing. */
async function mayDelete(connection: MysqlConnection, table: string): Promise<boolean> {
  try {
    await rowsOf(connection, `EXPLAIN DELETE FROM ${table} WHERE namespace = X'' AND id = X''`);
    return true;
  } catch (error) {
    // Where nothing can be written, the right cannot be told.
    if (isReadOnly(error)) return true;
    if (NO_RIGHT.includes(errorNumberOf(error) ?? 0)) return false;
    throw error;
  }
}

/** Some drivers give texts of the server's own tables as bytes. */
function textOf(row: Row, column: string): string {
  const value = row[column];
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}
