import type { Forgetting } from "@mintfax-webhooks/core";
import { type Claim, type Settlement, StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { MysqlConnection } from "./pool.ts";
import { DONE, PENDING } from "./statements.ts";

/** Of the flags with which the server ends its answer to a statement. */
const IN_TRANSACTION = 1;
const AUTOCOMMIT = 2;

/** A pool may be set to give rows in another form. */
const AS_IT_IS = { rowsAsArray: false, nestTables: false, typeCast: true } as const;

export type Row = Readonly<Record<string, unknown>>;

/** What the server says of a statement without rows. */
export interface Written {
  /** What the statement gave to LAST_INSERT_ID, or 0. */
  readonly answer: number;
  /** How many rows. */
  readonly affected: unknown;
  readonly isInTransaction: boolean;
  readonly isAutocommit: boolean;
}

/** Runs a statement without rows. */
export async function write(connection: Pick<MysqlConnection, "query">, sql: string): Promise<Written> {
  const [header] = await answerOf(connection, sql);
  const { insertId, affectedRows, serverStatus } = Object(header) as Readonly<Record<string, unknown>>;
  const answer = typeof insertId === "number" || typeof insertId === "string" ? Number(insertId) : Number.NaN;
  if (!Number.isSafeInteger(answer) || typeof serverStatus !== "number") throw unexpected();
  return {
    answer,
    affected: affectedRows,
    isInTransaction: (serverStatus & IN_TRANSACTION) !== 0,
    isAutocommit: (serverStatus & AUTOCOMMIT) !== 0,
  };
}

/** Runs a SELECT. */
export async function rowsOf(
  connection: Pick<MysqlConnection, "query">,
  sql: string,
): Promise<readonly Row[]> {
  const [rows] = await answerOf(connection, sql);
  if (!Array.isArray(rows) || !rows.every((row) => typeof row === "object" && row !== null))
    throw unexpected();
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])),
  );
}

async function answerOf(
  connection: Pick<MysqlConnection, "query">,
  sql: string,
): Promise<readonly unknown[]> {
  const answer: unknown = await connection.query({ sql, ...AS_IT_IS });
  // The package `mariadb` gives the rows themselves.
  if (!Array.isArray(answer)) throw unexpected();
  return answer;
}

/** Where the connection's character set is `binary`, the driver gives texts as bytes. All that the store reads is ASCII. */
function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}

/** @param answer of `claim` */
export function claimFrom(answer: number): Claim {
  if (answer === DONE) return { state: "done" };
  if (answer === PENDING) return { state: "pending" };
  if (answer > PENDING) return { state: "claimed", fence: answer };
  throw unexpected();
}

/** @param answer of `release`: 0 for a row that does not exist */
export function releasedFrom(answer: number): Settlement {
  return answer === PENDING ? "lost" : "ok";
}

/** @param answer of `forget` */
export function forgettingFrom(answer: number): Forgetting {
  if (answer === 0) return "absent";
  return answer === PENDING ? "pending" : "forgotten";
}

export function wholeFrom(value: unknown): number | undefined {
  const whole = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof whole === "number" && Number.isSafeInteger(whole) ? whole : undefined;
}

export function unexpected(): StoreMisconfiguredError {
  return new StoreMisconfiguredError(
    "A statement of the store was answered with another shape than mysql2/promise gives it. Pass a pool of mysql2/promise as it is: not " +
      "one of the package mariadb, and without a wrapper that changes results.",
  );
}
