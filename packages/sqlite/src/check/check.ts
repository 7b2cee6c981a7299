import { type CheckFinding, clockFinding, inFull } from "@mintfax-webhooks/core/store";
import type { Row } from "../connection.ts";
import type { GroupCommit } from "../group-commit.ts";
import type { Operation } from "../operations.ts";
import type { Schema } from "../schema.ts";
import { checkDisk } from "./disk.ts";

/** In a transaction that takes the write lock and writes nothing: so it is seen whether the store could write. */
export function lookOperation({ table, statements }: Schema): Operation<Row> {
  const index = /INDEX IF NOT EXISTS (\w+)/.exec(statements.join())?.[1];
  const sql = `SELECT
  (SELECT group_concat(name, ' ') FROM pragma_table_info('${table}')) AS columns,
  EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = '${index}') AS has_index,
  (SELECT journal_mode FROM pragma_journal_mode) AS journal,
  (SELECT synchronous FROM pragma_synchronous) AS synchronous,
  (SELECT file FROM pragma_database_list WHERE name = 'main') AS file,
  CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now_ms`;
  return { calls: [{ sql, values: [] }], read: ([rows]) => rows?.[0] ?? {} };
}

const WRITABLE = { code: "sqlite_writable", level: "error" } as const;

/** One transaction. Never rejects. @param isServer whether the database is on a libSQL server */
export async function checkSqlite(
  group: Pick<GroupCommit, "run">,
  schema: Schema,
  isServer: boolean,
): Promise<readonly CheckFinding[]> {
  const askedMs = Date.now();
  try {
    const row = await group.run(lookOperation(schema));
    const reading = { askedMs, answeredMs: Date.now(), serverMs: Number(row.now_ms) };
    const place = isServer ? [clockFinding("the libSQL server", reading)] : [...flush(row), ...fileOf(row)];
    return [{ ...WRITABLE, ok: true, message: "The database takes writes." }, table(row, schema), ...place];
  } catch (error) {
    return [{ ...WRITABLE, ok: false, message: inFull(error) }];
  }
}

function table({ columns, has_index: hasIndex }: Row, schema: Schema): CheckFinding {
  const about = { code: "sqlite_table", level: "error" } as const;
  const { table } = schema;
  if (columns !== schema.columns) {
    const message =
      columns === null || columns === undefined
        ? `There is no table ${table}.`
        : `The table ${table} has the columns ${String(columns).slice(0, 200)}; expected ${schema.columns}.`;
    return {
      ...about,
      ok: false,
      message,
      fix: "Restart the process, which creates the table; or rename the one that is there.",
    };
  }
  return Number(hasIndex) === 1
    ? { ...about, ok: true, message: `The table ${table} is as the store makes it.` }
    : {
        ...about,
        level: "warning",
        ok: false,
        message: `The table ${table} has lost its index, so the deletion of old ids reads all of them.`,
        fix: `Run ${schema.statements.at(-1)}.`,
      };
}

const FULL = 2;

/** What is acknowledged and lost in a power cut is an event that is processed twice. */
function flush({ journal, synchronous }: Row): CheckFinding[] {
  const about = { code: "sqlite_durability", level: "warning" } as const;
  if (journal !== "wal") {
    return [
      {
        ...about,
        ok: false,
        message: `The journal mode is ${String(journal).slice(0, 20)}; the store has set it to wal, and another program has changed it.`,
        fix: "Find the program, and restart the processes that use the file.",
      },
    ];
  }
  const isFlushed = Number(synchronous) >= FULL;
  const message = `PRAGMA synchronous is ${String(synchronous).slice(0, 20)}`;
  return [
    isFlushed
      ? {
          ...about,
          ok: true,
          message: `Each commit is flushed to the disk (${message}, the journal is wal).`,
        }
      : {
          ...about,
          ok: false,
          message: `${message}: a power cut loses ids, and their events are processed twice.`,
          fix: "Do not set it on the connection that the store has.",
        },
  ];
}

function fileOf({ file }: Row): CheckFinding[] {
  return typeof file === "string" && file !== "" ? checkDisk(file) : [];
}
