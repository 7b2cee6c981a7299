import { gate } from "test-support/gate";
import type { Scene } from "../conductor/scene.ts";
import { onMysql, onPostgres } from "../conductor/store-server.ts";
import type { Deed } from "../receiver/points.ts";
import { sleep } from "../terms.ts";
import { type Row, TRANSACTIONAL } from "./row.ts";

/** How many hang at a time, of the 10 connections of the pool. That ten can hang again shows that the pool has healed. */
const ROUNDS: readonly [number, ...number[]] = [6, 10, 10];
const GOOD = 60;
/** Longer than the deadline, so the sender is answered before. */
const IDLE_LIMIT_SECONDS = 4;
/** To end what hangs: a busy machine takes long. */
const PATIENCE_MS = 120_000;

/**
 * Some handlers never settle, each in a transaction and on a connection of its own, which the server ends at its idle limit.
 * Their events succeed when they run again. In the end the hung handlers wake up, and what they write then is refused.
 */
export const HUNG_HANDLERS: Row = {
  fault: "hung handlers beside good ones",
  stores: TRANSACTIONAL,
  inShort: true,
  ownServer: true,
  play: (scene) =>
    onSessions(scene, async (sessions) => {
      await sessions.limitIdle();
      const hung = new Set<string>();
      const wake = gate();
      scene.onAsk = async (_receiver, _point, id): Promise<Deed> => {
        if (hung.has(id)) return "go";
        hung.add(id);
        await wake.promise;
        return "go";
      };
      const countOf = (fact: "effect" | "ended"): number =>
        scene.ledger().filter(({ what, id }) => what === fact && hung.has(id)).length;

      await scene.cast(1);
      let expected = 0;
      for (const count of ROUNDS) {
        expected += count;
        await scene.load({ count, perSecond: 400, mark: () => "in-handler" });
        await scene.until(`${expected} handlers have hung`, () => hung.size === expected, PATIENCE_MS);
        const open = await sessions.countOpen();
        if (open < count) scene.problems.push(`only ${open} of ${count} handlers hung at a time`);
        await scene.load({ count: GOOD, perSecond: 80 });
        const ended = async () => (await sessions.countOpen()) === 0;
        await scene.until("the server ends the hung sessions", ended, PATIENCE_MS);
      }
      await scene.traffic.retryNow((id) => hung.has(id));
      const reports = await scene.traffic.over();
      if (countOf("ended") < hung.size) scene.problems.push("not every hung event has run again");
      const [first] = ROUNDS;
      const hindered = reports
        .slice(first, first + GOOD)
        .filter(({ attempts }) => attempts.some(({ status }) => status === 503)).length;
      if (hindered > 0) scene.problems.push(`${hindered} × 503 beside ${first} hung handlers`);

      const runs = countOf("ended") + hung.size;
      const effects = countOf("effect");
      wake.open();
      await scene.until("the hung handlers wake", () => countOf("ended") === runs, PATIENCE_MS);
      if (countOf("effect") > effects) scene.problems.push("a handler wrote after its session had ended");
      return `${hung.size} hung, ${ROUNDS.join(", ")} at a time`;
    }),
};

interface Sessions {
  /** Of sessions that begin later. */
  limitIdle(): Promise<unknown>;
  /** Of those in a transaction, whose handler keeps the server waiting. */
  countOpen(): Promise<number>;
}

function onSessions<T>({ kind, server, key }: Scene, use: (sessions: Sessions) => Promise<T>): Promise<T> {
  if (kind === "mysql tx") {
    return onMysql(server.url, (pool) =>
      use({
        limitIdle: () => pool.query(`SET GLOBAL wait_timeout = ${IDLE_LIMIT_SECONDS}`),
        async countOpen() {
          // MariaDB does not renew this list while it is read more often than every 0.1 s.
          await sleep(150);
          const [rows] = await pool.query("SELECT trx_id FROM information_schema.innodb_trx");
          return (rows as unknown[]).length;
        },
      }),
    );
  }
  return onPostgres(server.url, (pool) =>
    use({
      limitIdle: () =>
        pool.query(`ALTER ROLE postgres SET idle_in_transaction_session_timeout = '${IDLE_LIMIT_SECONDS}s'`),
      async countOpen() {
        const query =
          "SELECT FROM pg_stat_activity WHERE application_name = $1 AND state = 'idle in transaction'";
        return (await pool.query(query, [key])).rows.length;
      },
    }),
  );
}
