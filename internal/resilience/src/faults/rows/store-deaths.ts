import type { Scene } from "../conductor/scene.ts";
import { ATTEMPT_TIMEOUT_MS, nowMs, sleep } from "../terms.ts";
import { FILES, type Row, SERVERS } from "./row.ts";

/** Kills the store. @returns what starts it again, on the same data */
export async function kill(scene: Pick<Scene, "doings" | "server">): Promise<() => Promise<void>> {
  const over = scene.doings.outage("all");
  scene.doings.storeKills.push(nowMs());
  await scene.server.kill();
  return async () => {
    await scene.server.restart();
    over();
  };
}

const RESTARTS: Row = {
  fault: "store killed and restarted under load",
  stores: SERVERS,
  inShort: true,
  ownServer: true,
  async play(scene) {
    await scene.cast(2, { workMs: 30 });
    const loading = scene.load({ count: scene.size(900, 200), perSecond: 110 });
    const kills = scene.size(3, 2);
    for (let count = 0; count < kills; count += 1) {
      await sleep(300 + scene.random.fraction() * 700);
      const restart = await kill(scene);
      await sleep(scene.random.fraction() * 1_500);
      await restart();
    }
    await loading;
    return `${kills} kills`;
  },
};

const DOWN_MS = 5_000;
const DOWN: Row = {
  fault: "store down for 5 s: 503 in time, no handler",
  stores: SERVERS,
  inShort: true,
  ownServer: true,
  alone: true,
  async play(scene) {
    await scene.cast(2);
    const restart = await kill(scene);
    const from = { wallMs: Date.now(), ms: nowMs() };
    const down = sleep(DOWN_MS).then(restart);
    await sleep(500); // for what a killed server leaves of itself, which may still answer
    await scene.load({ count: scene.size(300, 100), perSecond: 150, atOnce: 300 });
    await down;
    const downMs = nowMs() - from.ms;

    const tried = (await scene.traffic.attempts()).filter(
      ({ startedMs }) => startedMs < from.wallMs + DOWN_MS,
    );
    // A delivery that was still waiting when the store came back may have been served.
    const answered = tried.filter(
      ({ startedMs, durationMs }) => startedMs + durationMs < from.wallMs + DOWN_MS,
    );
    const slowest = Math.max(...tried.map(({ durationMs }) => durationMs));
    const others = answered.filter(({ status }) => status !== 503).length;
    if (others > 0 || answered.length === 0) scene.problems.push(`${others} had another answer than 503`);
    if (slowest > ATTEMPT_TIMEOUT_MS) scene.problems.push(`an answer took ${slowest} ms`);
    const ran = scene.ledger().filter(({ what, at }) => what === "started" && at < from.ms + DOWN_MS).length;
    if (ran > 0) scene.problems.push(`${ran} handlers ran while the store was down`);
    return `${(downMs / 1_000).toFixed(1)} s, ${answered.length} × 503, slowest ${Math.round(slowest)} ms`;
  },
};

const FROZEN_MS = 4_000;
/** To end what hangs: a busy machine takes long. */
const PATIENCE_MS = 120_000;

/** SIGSTOP to all of its processes: connections stay open, and what was asked is done when its caller has given up. */
const FROZEN: Row = {
  fault: "store frozen for 4 s under load",
  stores: SERVERS,
  inShort: true,
  ownServer: true,
  async play(scene) {
    await scene.cast(2, { workMs: 30 });
    const loading = scene.load({ count: scene.size(600, 200), perSecond: 60 });
    await sleep(500 + scene.random.fraction() * 500);
    const over = scene.doings.outage("all");
    await scene.server.freeze();
    const frozenMs = nowMs();
    await sleep(FROZEN_MS);
    // What it had answered before may still have been on its way.
    if (scene.hasCompletedSince(frozenMs + FROZEN_MS / 2))
      scene.problems.push("the frozen store has answered");
    await scene.server.thaw();
    const thawedMs = nowMs();
    await scene.until("events are completed after it", () => scene.hasCompletedSince(thawedMs), PATIENCE_MS);
    over();
    await loading;
    const attempts = await scene.traffic.attempts();
    const refused = attempts.filter(({ status }) => status === 503).length;
    if (refused === 0) scene.problems.push("no delivery was answered 503");
    const unanswered = attempts.filter(({ status }) => status === null).length;
    return `${((thawedMs - frozenMs) / 1_000).toFixed(1)} s, ${refused} × 503, ${unanswered} unanswered`;
  },
};

/** A file has no process of its own that could freeze: another program holds the write lock. */
const LOCKED: Row = { ...FROZEN, fault: "file locked by another program for 4 s", stores: FILES };

export const STORE_DEATHS: readonly Row[] = [RESTARTS, DOWN, FROZEN, LOCKED];
