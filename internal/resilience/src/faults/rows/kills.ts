import type { Point } from "../receiver/points.ts";
import { nowMs, sleep } from "../terms.ts";
import { type Row, SHARED } from "./row.ts";

/** The process of a marked event ends itself there, with all that it is working on. */
function killAt(point: Point, words: string, inShort: boolean): Row {
  return {
    fault: `SIGKILL ${words}`,
    stores: SHARED,
    inShort,
    async play(scene) {
      const kills = scene.size(6, 3);
      const count = scene.size(450, 120);
      const killed = new Set<string>();
      scene.onAsk = (_receiver, _point, id) => {
        if (killed.has(id)) return "go";
        killed.add(id);
        return "die";
      };
      await scene.cast(2);
      const victims = scene.random.distinct(kills, count);
      await scene.load({ count, perSecond: 70, mark: (index) => (victims.has(index) ? point : undefined) });
      await scene.until(`${kills} events reach the point`, () => killed.size === kills, 60_000);
      return `${killed.size} at that point, ${scene.doings.deaths.size} processes`;
    },
  };
}

const RANDOM_KILL: Row = {
  fault: "SIGKILL at random",
  stores: SHARED,
  inShort: true,
  async play(scene) {
    await scene.cast(3, { workMs: 60 });
    const count = scene.size(1_500, 200);
    const perSecond = scene.size(130, 50);
    const endMs = nowMs() + (count / perSecond) * 1_000;
    const loading = scene.load({ count, perSecond });
    while (nowMs() < endMs || scene.doings.deaths.size < 2) {
      await sleep(300 + scene.random.fraction() * 900);
      const victim = scene.actors[Math.floor(scene.random.fraction() * scene.actors.length)];
      victim?.process.signal("SIGKILL");
      // Or else the last one could die while it is told to stop.
      await victim?.process.ended;
    }
    await loading;
    return `${scene.doings.deaths.size} processes`;
  },
};

export const KILLS: readonly Row[] = [
  killAt("after-claim", "after the claim", false),
  killAt("in-handler", "in the handler", false),
  killAt("after-effect", "after the effect", true),
  killAt("before-answer", "before the answer", false),
  RANDOM_KILL,
];
