import type { CheckFinding } from "@mintfax-webhooks/core/store";
import { backendOfPool } from "../backend.ts";
import type { PostgresPool } from "../pool.ts";
import { sessionOf } from "../session.ts";

/** Of PgBouncer, at BEGIN. */
const STATEMENT_POOLING = /statement pooling/i;

/**
 * Whether a pooler stands between the pool and the server, and whether it lets transactions through. Its mode is seen only
 * where it matters: transaction and session mode are both fine.
 */
export async function checkPooler(
  pool: PostgresPool,
  isTransactional: boolean,
  signal: AbortSignal,
): Promise<CheckFinding> {
  const about = { code: "postgres_pooler", level: isTransactional ? "error" : "warning" } as const;
  try {
    const isDirect = await backendOfPool(pool).transaction(
      signal,
      async (client) => (await sessionOf(client)).keepsPrepared,
    );
    const message = isDirect
      ? "The pool is connected to the server itself."
      : "A pooler stands before the server. It lets transactions through.";
    return { ...about, ok: true, message };
  } catch (error) {
    if (!STATEMENT_POOLING.test(String((error as Partial<Error> | null)?.message))) throw error;
    return {
      ...about,
      ok: false,
      message: `PgBouncer is in statement mode, which refuses transactions${isTransactional ? "" : ": migrate() and deleteExpired() fail"}.`,
      fix: "Set pool_mode = transaction (or session) for this database or user in pgbouncer.ini.",
    };
  }
}
