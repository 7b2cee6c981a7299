import { onPostgres } from "../conductor/store-server.ts";
import { POSTGRES, type Row } from "./row.ts";

/**
 * A pooler that hands the server's sessions around, one transaction each, in front of more connections than it has itself.
 * Some processes die within a handler.
 */
export const PGBOUNCER: Row = {
  fault: "PgBouncer in transaction mode",
  stores: POSTGRES,
  inShort: true,
  ownServer: "pgbouncer",
  async play(scene) {
    await requirePooler(scene.server.url, scene.problems);
    const asked = new Set<string>();
    // Failures of a handler are left to other rows: one beside a death can cost an event two attempts, and the next is far.
    scene.onAsk = (_receiver, _point, id) => {
      if (asked.has(id)) return "go";
      asked.add(id);
      return "die";
    };
    await scene.cast(3, { workMs: 30 });
    const count = scene.size(900, 200);
    const victims = scene.random.distinct(scene.size(4, 2), count);
    const mark = (index: number) => (victims.has(index) ? "in-handler" : undefined);
    await scene.load({ count, perSecond: scene.size(100, 60), mark });
    await scene.until("all victims reach their handler", () => asked.size === victims.size, 60_000);
    return `3 receivers, ${scene.doings.deaths.size} killed`;
  },
};

/** A server greets with its own process id, a pooler with another number. */
async function requirePooler(url: string, problems: string[]): Promise<void> {
  await onPostgres(url, async (pool) => {
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    if (rows[0]?.pid === (client as { processID?: number }).processID)
      problems.push("the server is reached without a pooler");
    client.release();
  });
}
