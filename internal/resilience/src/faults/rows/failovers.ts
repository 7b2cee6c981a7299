import { nowMs, sleep } from "../terms.ts";
import type { Row } from "./row.ts";

/** To end what hangs: a busy machine takes long. */
const PATIENCE_MS = 120_000;

/**
 * The machine of a Redis primary and of a sentinel freezes; a replica is promoted; later the old primary wakes up and learns that it is
 * a replica now.
 *
 * @param waitReplicas without any, replication is asynchronous, and a failover may lose a write that was acknowledged
 */
function failover(words: string, waitReplicas: number): Row {
  return {
    fault: `Redis primary frozen, failover, ${words}`,
    stores: ["redis"],
    inShort: true,
    ownServer: "sentinel",
    async play(scene) {
      const { sentinel } = scene.server;
      if (sentinel === undefined) throw new Error("the row needs a server with sentinels");
      await scene.cast(2, { workMs: 30, waitReplicas });
      const loading = scene.load({ count: scene.size(900, 300), perSecond: 50 });
      await sleep(1_000 + scene.random.fraction() * 500);

      const over = scene.doings.outage("all");
      const frozenMs = nowMs();
      // Only then is it an excuse that the store has lost what it had acknowledged.
      if (waitReplicas === 0) scene.doings.storeKills.push(frozenMs);
      sentinel.freeze();
      await sentinel.promoted();
      const promotedMs = nowMs();
      const completedSince = (ms: number) => () => scene.hasCompletedSince(ms);
      await scene.until("events are completed on the new primary", completedSince(promotedMs), PATIENCE_MS);
      over();
      const healedMs = nowMs();
      await loading;

      sentinel.primary.resume();
      await sentinel.demoted();
      const wokenMs = nowMs();
      await scene.load({ count: scene.size(200, 50), perSecond: 50 });
      await scene.until("events are completed after it has woken", completedSince(wokenMs), PATIENCE_MS);
      const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
      return `promoted after ${seconds(promotedMs - frozenMs)}, used ${seconds(healedMs - promotedMs)} later`;
    },
  };
}

export const FAILOVERS: readonly Row[] = [failover("WAIT 1", 1), failover("no WAIT", 0)];
