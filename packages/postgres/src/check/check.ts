import { type CheckFinding, inWords, TimeLimit } from "@mintfax-webhooks/core/store";
import type { PostgresPool } from "../pool.ts";
import type { Schema } from "../schema.ts";
import { explained, sqlStateOf } from "../sql-state.ts";
import type { Row, Statement } from "../statement.ts";
import { factsFrom, factsOf } from "./facts.ts";
import { findingsFrom } from "./findings.ts";
import { checkPooler } from "./pooler.ts";

/** How a store is checked. */
export interface Checked {
  readonly schema: Schema;
  readonly timeoutMs: number;
  readonly isTransactional: boolean;
  /** Undefined for a library that hides its connections. */
  readonly pool: PostgresPool | undefined;
  /** Runs a statement in the way in which the store runs its own. */
  run(statement: Statement, signal: AbortSignal): Promise<readonly Row[]>;
}

/** Two short transactions, one after the other. Never rejects. */
export function checkOf({ schema, timeoutMs, isTransactional, pool, run }: Checked): {
  check(): Promise<readonly CheckFinding[]>;
} {
  const statement = factsOf(schema.table);

  async function look(signal: AbortSignal): Promise<readonly CheckFinding[]> {
    const between = pool === undefined ? [] : [await checkPooler(pool, isTransactional, signal)];
    if (isTransactional && between.some(({ ok }) => ok === false)) return between;
    const askedMs = Date.now();
    const facts = factsFrom(await run(statement, signal));
    const circumstances = { askedMs, answeredMs: Date.now(), timeoutMs, isTransactional };
    return [REACHED, ...between, ...findingsFrom(facts, schema, circumstances)];
  }

  return {
    async check() {
      const limit = new TimeLimit(timeoutMs, "PostgreSQL");
      try {
        return await limit.over(look(limit.signal));
      } catch (error) {
        return [failed(error, schema)];
      }
    },
  };
}

const REACHED = {
  code: "postgres_reachable",
  level: "error",
  ok: true,
  message: "PostgreSQL answers the store's statements.",
} as const;

function failed(error: unknown, { table }: Schema): CheckFinding {
  const message = inWords(explained(error, table));
  // As for a schema without USAGE.
  return sqlStateOf(error) === "42501"
    ? { code: "postgres_privileges", level: "error", ok: false, message }
    : { ...REACHED, ok: false, message: `PostgreSQL cannot be used: ${message}` };
}
