import {
  type CheckFinding,
  clockFinding,
  failedCheck,
  inWords,
  passedCheck,
} from "@mintfax-webhooks/core/store";
import type { Row } from "../connection.ts";
import type { GroupCommit } from "../group-commit.ts";
import type { Operation } from "../operations.ts";
import type { Schema } from "../schema.ts";
import { checkDisk } from "./disk.ts";
import { tableColumns, tableFinding } from "./table.ts";

/** In a transaction that takes the write lock and writes nothing: so it is seen whether the store could write. */
function lookOperation(schema: Schema): Operation<Row> {
  const sql = `SELECT ${tableColumns(schema)},
  (SELECT journal_mode FROM pragma_journal_mode) AS journal,
  (SELECT synchronous FROM pragma_synchronous) AS synchronous,
  (SELECT file FROM pragma_database_list WHERE name = 'main') AS file`;
  return { calls: [{ sql, values: [] }], read: ([rows]) => rows?.[0] ?? {} };
}

const RESTART = "Restart the process, which creates the table; or rename the one that is there.";
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
    return [
      passedCheck(WRITABLE, "The database takes writes."),
      tableFinding("sqlite_table", row, schema, RESTART),
      ...place,
    ];
  } catch (error) {
    return [{ ...WRITABLE, ok: false, message: inWords(error) }];
  }
}

const FULL = 2;

/** What is acknowledged and lost in a power cut is an event that is processed twice. */
function flush({ journal, synchronous }: Row): CheckFinding[] {
  const about = { code: "sqlite_durability", level: "warning" } as const;
  if (journal !== "wal") {
    return [
      failedCheck(
        about,
        `The journal mode is ${String(journal).slice(0, 20)}; the store has set it to wal, and another program has changed it.`,
        "Find the program, and restart the processes that use the file.",
      ),
    ];
  }
  const isFlushed = Number(synchronous) >= FULL;
  const message = `PRAGMA synchronous is ${String(synchronous).slice(0, 20)}`;
  return [
    isFlushed
      ? passedCheck(about, `Each commit is flushed to the disk (${message}, the journal is wal).`)
      : failedCheck(
          about,
          `${message}: a power cut loses ids, and their events are processed twice.`,
          "Do not set it on the connection that the store has.",
        ),
  ];
}

function fileOf({ file }: Row): CheckFinding[] {
  return typeof file === "string" && file !== "" ? checkDisk(file) : [];
}
