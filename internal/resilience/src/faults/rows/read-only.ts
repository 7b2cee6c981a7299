import type { Pool } from "pg";
import { onPostgres } from "../conductor/store-server.ts";
import { nowMs, sleep } from "../terms.ts";
import { POSTGRES, type Row } from "./row.ts";

const READ_ONLY_MS = 2_000;
/** To end what hangs: a busy machine takes long. */
const PATIENCE_MS = 120_000;

/**
 * The primary becomes a read-only one, and its address leads to another primary soon after. Both are the same server here, so
 * that the data are the same: sessions of before stay read-only for good, and only those that begin after the promotion can write.
 * A store that keeps its connections never heals.
 */
export const READ_ONLY: Row = {
  fault: "failover to another primary, old read-only",
  stores: POSTGRES,
  inShort: true,
  ownServer: true,
  play: (scene) =>
    onPostgres(scene.server.url, async (pool) => {
      await scene.cast(2, { workMs: 30 });
      const loading = scene.load({ count: scene.size(900, 300), perSecond: 90 });
      await sleep(500 + scene.random.fraction() * 500);

      const over = scene.doings.outage("all");
      await pool.query("ALTER SYSTEM SET default_transaction_read_only = on");
      await pool.query("SELECT pg_reload_conf()");
      await sleep(READ_ONLY_MS);
      // What is set for a role counts for its new sessions alone.
      await pool.query(
        "BEGIN READ WRITE; ALTER ROLE postgres SET default_transaction_read_only = off; COMMIT",
      );
      const old = await sessionsOf(pool, scene.key);
      const promoted = { wallMs: Date.now(), ms: nowMs() };
      const healed = () => scene.hasCompletedSince(promoted.ms);
      await scene.until("events are completed on the new primary", healed, PATIENCE_MS);
      over();
      await loading;
      await scene.load({ count: scene.size(300, 100), perSecond: 60 });

      const refused = (await scene.traffic.attempts()).filter(({ status }) => status === 503);
      const late = refused.filter(({ startedMs }) => startedMs > promoted.wallMs).length;
      if (refused.length === late) scene.problems.push("no delivery was answered 503 before the promotion");
      // Each connection to the old primary may fail once more, and is closed then.
      if (late > old) scene.problems.push(`${late} × 503 after the promotion, with ${old} old connections`);
      return `${refused.length - late} × 503, then ${late} on ${old} old connections`;
    }),
};

async function sessionsOf(pool: Pool, name: string): Promise<number> {
  const query = "SELECT FROM pg_stat_activity WHERE application_name = $1";
  return (await pool.query(query, [name])).rows.length;
}
