import type { Deed } from "../receiver/points.ts";
import { sleep } from "../terms.ts";
import { ALL, type Row } from "./row.ts";

const WORK_MS = 14_000;

/** Longer than deadline and lease: kept by renewing, or by the transaction. */
export const LONG_HANDLER: Row = {
  fault: "handler works longer than its lease",
  stores: ALL,
  inShort: false,
  async play(scene) {
    scene.onAsk = async (): Promise<Deed> => {
      await sleep(WORK_MS);
      return "go";
    };
    await scene.cast(scene.kind === "memory" ? 1 : 2);
    // A transaction keeps its connection all the while, so there are no more of them than the pools have.
    await scene.load({ count: 12, perSecond: 100, mark: () => "after-effect" });
    return `${WORK_MS / 1_000} s each`;
  },
};
