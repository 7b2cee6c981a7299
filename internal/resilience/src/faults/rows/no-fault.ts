import { ALL, type Row } from "./row.ts";

const EVERY = 30;

/** What a day without faults is like: handlers that fail now and then, and copies. */
export const NO_FAULT: Row = {
  fault: "none but handlers that fail, one port",
  stores: ALL,
  inShort: false,
  async play(scene) {
    const failed = new Set<string>();
    scene.onAsk = (_receiver, _point, id) => {
      if (failed.has(id)) return "go";
      failed.add(id);
      return "throw";
    };
    const receivers = scene.kind === "memory" ? 1 : 3;
    await scene.cast(receivers);
    const mark = (index: number) => (index % EVERY === 0 ? "in-handler" : undefined);
    await scene.load({ count: scene.size(2_000, 200), perSecond: 150, mark });
    return `${receivers} receivers, ${failed.size} failures`;
  },
};
