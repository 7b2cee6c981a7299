import type { HandOffScene } from "../conductor/hand-off-scene.ts";
import { onPostgres } from "../conductor/store-server.ts";
import type { Point, WorkerPoint } from "../receiver/points.ts";
import { nowMs, sleep } from "../terms.ts";
import type { HandOffRow } from "./row.ts";
import { kill } from "./store-deaths.ts";

/** To end what hangs: an engine may give the job of a killed worker away after 90 s. */
const PATIENCE_MS = 300_000;

/** Processes of marked events end themselves at these points, in turn, with all that they are working on. */
function killsAt(points: readonly Point[], words: string, inShort: boolean): HandOffRow {
  return {
    fault: `hand-off: SIGKILL of the ${words}`,
    inShort,
    async play(scene) {
      const kills = scene.size(10, 4);
      const count = scene.size(2_500, 200);
      const killed = new Set<string>();
      scene.onAsk = (_process, _point, id) => {
        if (killed.has(id)) return "go";
        killed.add(id);
        return "die";
      };
      await scene.cast(2, 2);
      const victims = [...scene.random.distinct(kills, count)];
      const mark = (index: number): Point | undefined => {
        const victim = victims.indexOf(index);
        return victim < 0 ? undefined : points[victim % points.length];
      };
      await scene.load({ count, perSecond: 60, mark });
      await scene.until(`${kills} events reach their points`, () => killed.size === kills, PATIENCE_MS, 200);
      return `${killed.size} at these points, ${scene.doings.deaths.size} processes`;
    },
  };
}

const WEB_KILLS = killsAt(["after-claim", "at-complete"], "web process around enqueue", true);
const WORKER_POINTS: readonly WorkerPoint[] = ["work-in-handler", "work-after-effect"];
/** Not in the short form: pg-boss and graphile-worker wait for more than a minute before they hand the job to another. */
const WORKER_KILLS = killsAt(WORKER_POINTS, "worker around the effect", false);

const RESTARTS: HandOffRow = {
  fault: "hand-off: engine killed and restarted",
  inShort: true,
  ownServer: true,
  async play(scene) {
    // graphile-worker 0.18 does not handle the rejection of its own `batchFailJobs`, which ends the process.
    if (scene.kind === "graphile-worker") scene.crashes = 0;
    await scene.cast(2, 2, { workMs: 30 });
    const loading = scene.load({ count: scene.size(2_500, 200), perSecond: 80 });
    const kills = scene.size(5, 2);
    for (let count = 0; count < kills; count += 1) {
      await sleep(500 + scene.random.fraction() * 1_000);
      const restart = await kill(scene);
      await sleep(scene.random.fraction() * 1_500);
      await restart();
    }
    await loading;
    return scene.crashes === undefined
      ? `${kills} kills`
      : `${kills} kills, ${scene.crashes} workers crashed`;
  },
};

/** Its handlers have begun; other workers are given their jobs, and it goes on once these have had their effects. */
const PAUSE: HandOffRow = {
  fault: "hand-off: worker paused past its lock",
  inShort: false,
  async play(scene) {
    await scene.cast(2, 1, { workMs: 200, heedsFence: scene.kind === "bullmq" });
    const [first] = scene.workers;
    if (first === undefined) throw new Error("there is no worker");
    const { pid } = first.process;
    const loading = scene.load({ count: scene.size(600, 100), perSecond: 40 });
    await scene.until("handlers are at work", () => atWork(scene, pid).length >= 3, PATIENCE_MS, 200);
    first.process.signal("SIGSTOP");
    const span = { pid, from: nowMs(), to: Number.POSITIVE_INFINITY };
    scene.doings.pauses.push(span);
    const stopped = atWork(scene, pid);
    await scene.enterWorker();
    await scene.enterWorker();
    if (scene.kind !== "bullmq") await endSessions(scene, pid);
    const takenOver = (): boolean => {
      const others = scene.ledger().filter((entry) => entry.what === "effect" && entry.pid !== pid);
      const ids = new Set(others.map(({ id }) => id));
      return stopped.every((id) => ids.has(id));
    };
    await scene.until("other workers take all over", takenOver, PATIENCE_MS, 200);
    // Before it wakes, so that all that it writes then is later.
    span.to = nowMs();
    first.process.signal("SIGCONT");
    await loading;
    return `${stopped.length} handlers for ${((span.to - span.from) / 1_000).toFixed(1)} s`;
  },
};

/** The events whose handlers a process has begun, before their effects. */
function atWork(scene: HandOffScene, pid: number): string[] {
  const own = scene.ledger().filter((entry) => entry.pid === pid);
  const past = new Set(own.filter(({ what }) => what === "effect" || what === "ended").map(({ id }) => id));
  return own.filter(({ what, id }) => what === "started" && !past.has(id)).map(({ id }) => id);
}

/** What `idle_in_transaction_session_timeout` or an operator does to sessions that have stopped. */
async function endSessions({ server }: HandOffScene, pid: number): Promise<void> {
  await onPostgres(server.url, (pool) =>
    pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1 AND state LIKE 'idle in transaction%'",
      [`% ${pid}`],
    ),
  );
}

/** One process after the other is told to end, and another one takes its place: web and worker in turn. */
const ROLLING: HandOffRow = {
  fault: "hand-off: rolling deploy of web and workers",
  inShort: true,
  async play(scene) {
    await scene.cast(2, 2, { workMs: 100 });
    let loading = true;
    let restarts = 0;
    const load = async (): Promise<void> => {
      // More of it where the machine is too busy for two restarts in that time.
      do await scene.load({ count: scene.size(2_500, 200), perSecond: 60 });
      while (restarts < 2);
      loading = false;
    };
    const restart = async (): Promise<void> => {
      while (loading) {
        const [web] = scene.webs;
        const [worker] = scene.workers;
        await scene.enterWeb();
        if (web !== undefined) await scene.dismiss(web);
        await scene.enterWorker();
        if (worker !== undefined) await scene.dismiss(worker);
        restarts += 2;
      }
    };
    await Promise.all([load(), restart()]);
    await scene.traffic.over();
    await scene.drained();
    const reruns = scene.ledger().filter(({ what }) => what === "effect").length - scene.traffic.events;
    if (reruns !== 0) scene.problems.push(`${reruns} more effects than events`);
    return `${restarts} restarts`;
  },
};

export const HAND_OFF: readonly HandOffRow[] = [WEB_KILLS, WORKER_KILLS, RESTARTS, PAUSE, ROLLING];
