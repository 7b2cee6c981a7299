import type { Scene } from "../conductor/scene.ts";
import { onMysql, onPostgres } from "../conductor/store-server.ts";
import type { Deed } from "../receiver/points.ts";
import { sleep } from "../terms.ts";
import { MYSQL, POSTGRES, type Row, SHARED } from "./row.ts";

/** One after the other is told to end, and another one takes its place, as a deployment does. @returns how often */
async function roll(scene: Scene, mark?: (index: number) => "in-handler" | undefined): Promise<number> {
  let loading = true;
  const load = async (): Promise<void> => {
    const perSecond = scene.size(130, 50);
    // More of it where the machine is too busy for two restarts in that time.
    do await scene.load({ count: scene.size(1_500, 200), perSecond, ...(mark && { mark }) });
    while (restarts < 2);
    loading = false;
  };
  let restarts = 0;
  const restart = async (): Promise<void> => {
    while (loading) {
      const [oldest] = scene.actors;
      if (oldest === undefined) break;
      await scene.enter();
      await scene.dismiss(oldest);
      restarts += 1;
    }
  };
  await Promise.all([load(), restart()]);
  await scene.traffic.over();
  const reruns = scene.ledger().filter(({ what }) => what === "started").length - scene.traffic.events;
  if (reruns !== 0) scene.problems.push(`${reruns} more handler runs than events`);
  return restarts;
}

const RESTARTS: Row = {
  fault: "rolling restart with SIGTERM under load",
  stores: SHARED,
  inShort: true,
  async play(scene) {
    await scene.cast(3, { workMs: 100 });
    return `${await roll(scene)} restarts`;
  },
};

const SLOW_EVERY = 40;
/** Longer than the store's time limit: a claim that had to wait for such a handler would be answered 503. */
const SLOW_MS = 3_000;

/** Every process calls `store.migrate()` at its start, the first ones all at once and without a table. */
const MIGRATING: Row = {
  fault: "rolling deploy with migrate()",
  stores: [...POSTGRES, ...MYSQL],
  inShort: true,
  ownServer: true,
  async play(scene) {
    const { kind, server } = scene;
    const drop = "DROP TABLE mintfax_webhooks";
    if (MYSQL.includes(kind)) await onMysql(server.url, (pool) => pool.query(drop));
    else await onPostgres(server.url, (pool) => pool.query(drop));
    const slow = new Set<string>();
    scene.onAsk = async (_receiver, _point, id): Promise<Deed> => {
      slow.add(id);
      await sleep(SLOW_MS);
      return "go";
    };
    await scene.cast(3, { workMs: 100, migrates: true });
    const restarts = await roll(scene, (index) => (index % SLOW_EVERY === 0 ? "in-handler" : undefined));
    const reports = await scene.traffic.over();
    const beside = migrationsBesideHandlers(scene);
    if (beside < 2) scene.problems.push(`only ${beside} migrations while a handler was at work`);
    const hindered = reports.filter(
      ({ id, attempts }) => !slow.has(id) && attempts.some(({ status }) => status === 503),
    ).length;
    if (hindered > 0) scene.problems.push(`${hindered} events of quick handlers were answered 503`);
    return `${restarts} restarts, ${beside} beside handlers of ${SLOW_MS / 1_000} s`;
  },
};

/** How many processes have called `store.migrate()` while handlers of other processes were at work. */
function migrationsBesideHandlers(scene: Scene): number {
  let atWork = 0;
  let beside = 0;
  for (const { what } of scene.ledger()) {
    if (what === "started") atWork += 1;
    if (what === "ended") atWork -= 1;
    if (what === "migrated" && atWork > 0) beside += 1;
  }
  return beside;
}

export const ROLLING: readonly Row[] = [RESTARTS, MIGRATING];
