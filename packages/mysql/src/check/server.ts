import { type CheckFinding, clockFinding, failedCheck, passedCheck } from "@mintfax-webhooks/core/store";
import type { ServerFacts } from "./facts.ts";

/** How the facts were had. */
export interface Circumstances {
  readonly askedMs: number;
  readonly answeredMs: number;
  /** How long the store waits. */
  readonly timeoutMs: number;
  /** Whether handlers run in the store's transaction. */
  readonly isTransactional: boolean;
}

/** What the facts of the server mean for a store. */
export function serverFindings(
  { nowMs, variables }: ServerFacts,
  circumstances: Circumstances,
): CheckFinding[] {
  const variable = (name: string): string => variables.get(name) ?? "";
  return [
    version(variable("version")),
    writable(variable),
    autocommit(variable("autocommit")),
    flush(variable("innodb_flush_log_at_trx_commit")),
    ...binlog(variable),
    timeouts(variable, circumstances),
    clockFinding("MySQL", { ...circumstances, serverMs: nowMs }),
  ];
}

type Variable = (name: string) => string;

const OLDEST = { MariaDB: [10, 6], MySQL: [8, 0] } as const;

/** MariaDB says so in its version: `10.11.6-MariaDB-0+deb12u1`. */
function version(text: string): CheckFinding {
  const about = { code: "mysql_version", level: "error" } as const;
  const name = /mariadb/i.test(text) ? "MariaDB" : "MySQL";
  const [major = 0, minor = 0] = text.split(".").map(Number.parseFloat);
  const [leastMajor, leastMinor] = OLDEST[name];
  const message = `${name} is version ${major}.${minor}.`;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
    ? passedCheck(about, message)
    : failedCheck(about, message, `Update it to ${leastMajor}.${leastMinor} or newer.`);
}

/** Versions say 0 or OFF, 1 or ON; a replica of a cloud may say NO_LOCK. */
const isOff = (value: string): boolean => ["", "0", "OFF"].includes(value.toUpperCase());

function writable(variable: Variable): CheckFinding {
  const about = { code: "mysql_writable", level: "error" } as const;
  const server = ["read_only", "super_read_only", "innodb_read_only"].find((name) => !isOff(variable(name)));
  if (server !== undefined) {
    return failedCheck(
      about,
      `The server is read-only (${server}), as a replica is.`,
      "Connect the pool to the primary.",
    );
  }
  const session = ["transaction_read_only", "tx_read_only"].find((name) => !isOff(variable(name)));
  return session === undefined
    ? passedCheck(about, "The server takes writes.")
    : failedCheck(
        about,
        `Transactions are read-only by default (${session}).`,
        `Unset ${session} in the pool's set-up and in the server's settings.`,
      );
}

function autocommit(value: string): CheckFinding {
  const about = { code: "mysql_autocommit", level: "error" } as const;
  return isOff(value)
    ? failedCheck(
        about,
        "autocommit is off, so a lease store cannot commit its statements.",
        "Remove `SET autocommit = 0` from the pool's set-up and from the server's init_connect.",
      )
    : passedCheck(about, "autocommit is on.");
}

function flush(value: string): CheckFinding {
  const about = { code: "mysql_flush", level: "warning" } as const;
  if (value === "1")
    return passedCheck(about, "Each commit is on the server's disk before it is acknowledged.");
  return failedCheck(
    about,
    `innodb_flush_log_at_trx_commit is ${value}: a crash of the server or its machine loses the last second, and its events are handled twice.`,
    "Set innodb_flush_log_at_trx_commit = 1.",
  );
}

/** The stores write at READ COMMITTED, which MySQL refuses to log as statements. */
function binlog(variable: Variable): CheckFinding[] {
  if (isOff(variable("log_bin"))) return [];
  const about = { code: "mysql_binlog", level: "error" } as const;
  const format = variable("binlog_format").toUpperCase();
  return [
    format === "STATEMENT"
      ? failedCheck(
          about,
          "binlog_format is STATEMENT, with which MySQL refuses to write at READ COMMITTED.",
          "Set binlog_format = ROW, or MIXED.",
        )
      : passedCheck(about, `The binary log takes what is written at READ COMMITTED.`),
  ];
}

/** A handler that is silent in its transaction: as long as mintfax waits for an answer. */
const IDLE_SECONDS = 30;

function timeouts(variable: Variable, { timeoutMs, isTransactional }: Circumstances): CheckFinding {
  const about = { code: "mysql_timeouts", level: "warning" } as const;
  const limits = [
    ["max_statement_time", timeoutMs / 1_000, "store"],
    ["wait_timeout", isTransactional ? IDLE_SECONDS : 0, "handler"],
  ] as const;
  const short = limits.find(([name, least]) => Number(variable(name)) > 0 && Number(variable(name)) < least);
  if (short === undefined) {
    return passedCheck(about, "The server's time limits are as long as the store's, or longer.");
  }
  const [name, least, who] = short;
  return failedCheck(
    about,
    `${name} is ${Number(variable(name))} s, so the server gives up before the ${who} does.`,
    `Set ${name} to ${least} s or more for the user of the pool.`,
  );
}
