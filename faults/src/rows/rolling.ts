import { nowMs } from "../terms.ts";
import { type Row, SHARED } from "./row.ts";

/** One after the other is told to end, and another one takes its place, as a deployment does. */
export const ROLLING: Row = {
  fault: "rolling restart with SIGTERM under load",
  stores: SHARED,
  inShort: true,
  async play(scene) {
    await scene.cast(3, { workMs: 100 });
    const count = scene.size(1_500, 200);
    const perSecond = scene.size(130, 50);
    const endMs = nowMs() + (count / perSecond) * 1_000;
    const loading = scene.load({ count, perSecond });
    let restarts = 0;
    while (nowMs() < endMs) {
      const [oldest] = scene.actors;
      if (oldest === undefined) break;
      await scene.enter();
      await scene.dismiss(oldest);
      restarts += 1;
    }
    await loading;
    if (restarts < 2) scene.problems.push(`only ${restarts} restarts`);
    await scene.traffic.over();
    const reruns = scene.ledger().filter(({ what }) => what === "started").length - scene.traffic.events;
    if (reruns !== 0) scene.problems.push(`${reruns} more handler runs than events`);
    return `${restarts} restarts`;
  },
};
