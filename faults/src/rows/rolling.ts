import { type Row, SHARED } from "./row.ts";

/** One after the other is told to end, and another one takes its place, as a deployment does. */
export const ROLLING: Row = {
  fault: "rolling restart with SIGTERM under load",
  stores: SHARED,
  inShort: true,
  async play(scene) {
    await scene.cast(3, { workMs: 100 });
    let loading = true;
    const load = async (): Promise<void> => {
      // More of it where the machine is too busy for two restarts in that time.
      do await scene.load({ count: scene.size(1_500, 200), perSecond: scene.size(130, 50) });
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
    return `${restarts} restarts`;
  },
};
