import { type CheckFinding, clockFinding, failedCheck, passedCheck } from "@mintfax-webhooks/core/store";
import { createIndexConcurrently, type Schema } from "../schema.ts";
import { remedyFor } from "../sql-state.ts";
import type { Facts } from "./facts.ts";

/** How the facts were had. */
export interface Circumstances {
  readonly askedMs: number;
  readonly answeredMs: number;
  /** How long the store waits. */
  readonly timeoutMs: number;
  /** Whether handlers run in the store's transaction. */
  readonly isTransactional: boolean;
}

/** What the facts mean for a store. */
export function findingsFrom(facts: Facts, schema: Schema, circumstances: Circumstances): CheckFinding[] {
  const server = [
    version(facts),
    writable(facts),
    durability(facts, schema),
    timeouts(facts, circumstances),
    clockFinding("PostgreSQL", { ...circumstances, serverMs: Number(facts.nowMs) }),
  ];
  // Of a table that is not there, nothing else can be said.
  if (facts.kind === null) return [...server, missing(schema)];
  return [
    ...server,
    table(facts, schema),
    index(facts, schema),
    privileges(facts, schema),
    ...rowSecurity(facts, schema),
  ];
}

const OLDEST = 13;

function version({ version }: Facts): CheckFinding {
  const about = { code: "postgres_version", level: "error" } as const;
  const major = Math.floor(Number(version) / 10_000);
  const message = `PostgreSQL is version ${major}.`;
  return major >= OLDEST
    ? passedCheck(about, message)
    : failedCheck(about, message, `Update it to ${OLDEST} or newer.`);
}

function writable({ recovering, readOnly }: Facts): CheckFinding {
  const about = { code: "postgres_writable", level: "error" } as const;
  if (recovering === "true") {
    return failedCheck(
      about,
      "The server is a replica, which takes no writes.",
      "Connect to the primary, or to the address that follows a failover.",
    );
  }
  return readOnly === "on"
    ? failedCheck(
        about,
        "Transactions are read-only by default (default_transaction_read_only).",
        "Unset it for the role and the database of the pool, or connect to the primary.",
      )
    : passedCheck(about, "The server takes writes.");
}

/** What is acknowledged and lost in a crash is an event that is processed twice. */
function durability(
  { fsync, synchronousCommit, persistence }: Facts,
  { table: { table } }: Schema,
): CheckFinding {
  const about = { code: "postgres_durability", level: "warning" } as const;
  const lost = "a crash of the server can lose what it has acknowledged, so an event is processed twice.";
  if (persistence !== null && persistence !== "p") {
    return failedCheck(
      about,
      `The table ${table} is not logged: ${lost}`,
      `Run ALTER TABLE ${table} SET LOGGED.`,
    );
  }
  if (fsync === "off")
    return failedCheck(about, `fsync is off: ${lost}`, "Set fsync = on in postgresql.conf.");
  return synchronousCommit === "off"
    ? failedCheck(about, `synchronous_commit is off: ${lost}`, "Set it to on for the role of the pool.")
    : passedCheck(about, "The server flushes what it acknowledges.");
}

/** An idle handler's transaction: as long as mintfax waits for an answer. */
const IDLE_MS = 30_000;

function timeouts(
  { statementTimeoutMs, lockTimeoutMs, idleTimeoutMs }: Facts,
  { timeoutMs, isTransactional }: Circumstances,
): CheckFinding {
  const about = { code: "postgres_timeouts", level: "warning" } as const;
  const limits = [
    ["statement_timeout", Number(statementTimeoutMs), timeoutMs],
    ["lock_timeout", Number(lockTimeoutMs), timeoutMs],
    ["idle_in_transaction_session_timeout", Number(idleTimeoutMs), isTransactional ? IDLE_MS : 0],
  ] as const;
  const short = limits.find(([, limitMs, leastMs]) => limitMs > 0 && limitMs < leastMs);
  if (short === undefined)
    return passedCheck(about, "The server's time limits are as long as the store's, or longer.");
  const [name, limitMs, leastMs] = short;
  return failedCheck(
    about,
    `${name} is ${limitMs} ms, so the server gives up before the ${name.startsWith("idle") ? "handler" : "store"} does.`,
    `Set ${name} to 0, or to ${leastMs} or more, for the role of the pool.`,
  );
}

const TABLE = { code: "postgres_table", level: "error" } as const;

function missing({ table }: Schema): CheckFinding {
  return failedCheck(TABLE, `There is no table ${table.table}.`, remedyFor("42P01", table));
}

const COLUMNS = [
  "fence bigint",
  "until timestamp with time zone",
  "namespace text",
  "id text",
  "state text",
  "owner text",
];

function table({ kind, columns, demands, key }: Facts, { table }: Schema): CheckFinding {
  const name = table.table;
  if (kind !== "r")
    return failedCheck(
      TABLE,
      `${name} is not a plain table.`,
      `Rename it, then run \`await ${table.maker.migrate}\`.`,
    );
  const found = String(columns).split(",");
  const lacking = COLUMNS.filter((column) => !found.includes(column));
  if (lacking.length > 0) {
    return failedCheck(
      TABLE,
      `The table ${name} has no column ${lacking.join(", nor ")}.`,
      remedyFor("42703", table),
    );
  }
  if (demands !== null) {
    return failedCheck(
      TABLE,
      `The table ${name} has columns that need a value: ${demands}.`,
      "Give them a default, or drop them.",
    );
  }
  return key === "true"
    ? passedCheck(TABLE, `The table ${name} is as migrate() makes it.`)
    : failedCheck(
        TABLE,
        `The table ${name} has no primary key over namespace and id, so no event can be claimed.`,
        `Run ALTER TABLE ${name} ADD PRIMARY KEY (namespace, id).`,
      );
}

function index({ index }: Facts, schema: Schema): CheckFinding {
  const about = { code: "postgres_index", level: "warning" } as const;
  const name = schema.table.index;
  const create = createIndexConcurrently(schema);
  if (index === "valid") return passedCheck(about, `The index ${name} is there.`);
  return index === null
    ? failedCheck(
        about,
        `There is no index ${name}, so deleteExpired() reads the whole table.`,
        `Run ${create}.`,
      )
    : failedCheck(
        about,
        `The index ${name} is not valid: its making failed, or is not over.`,
        `Where no CREATE INDEX is running, run DROP INDEX ${name}, then ${create}.`,
      );
}

function privileges({ privileges }: Facts, { table }: Schema): CheckFinding {
  const lacking = ["SELECT", "INSERT", "UPDATE", "DELETE"].filter(
    (right) => !String(privileges).split(",").includes(right),
  );
  // Nothing but deleteExpired() deletes.
  const isOnlyDelete = lacking.join() === "DELETE";
  const about = { code: "postgres_privileges", level: isOnlyDelete ? "warning" : "error" } as const;
  return lacking.length === 0
    ? passedCheck(about, `The role may read and write ${table.table}.`)
    : failedCheck(
        about,
        `The role may not ${lacking.join(", ")} on ${table.table}.`,
        remedyFor("42501", table),
      );
}

function rowSecurity({ rowSecurity }: Facts, { table }: Schema): CheckFinding[] {
  if (rowSecurity !== "true") return [];
  return [
    {
      code: "postgres_row_security",
      level: "warning",
      ok: "unknown",
      message: `Row-level security applies to the role on ${table.table}. If a policy hides a row, its event cannot be claimed.`,
      fix: `Run ALTER TABLE ${table.table} DISABLE ROW LEVEL SECURITY, or let policies allow the role all rows.`,
    },
  ];
}
