import { ALL, type Row } from "./row.ts";

export const NO_FAULT: Row = {
  fault: "none: receivers behind one port",
  stores: ALL,
  inShort: false,
  async play(scene) {
    const receivers = scene.kind === "memory" ? 1 : 3;
    await scene.cast(receivers);
    await scene.load({ count: scene.size(2_000, 200), perSecond: 150 });
    return `${receivers} receivers`;
  },
};

const COPIES_WORK_MS = 1_000;

export const COPIES: Row = {
  fault: "copies of one event at once",
  stores: ALL,
  inShort: true,
  alone: true,
  async play(scene) {
    const receivers = scene.kind === "memory" ? 1 : 4;
    const copies = scene.size(10_000, 1_000);
    await scene.cast(receivers, { workMs: COPIES_WORK_MS });
    const { attempts } = await scene.copies(copies);
    const count = (status: number) => attempts.filter((attempt) => attempt.status === status).length;
    const [accepted, busy] = [count(200), count(409)];
    if (accepted + busy < copies) scene.problems.push(`${copies - accepted - busy} had another answer`);
    const runs = scene.ledger().filter(({ what }) => what === "started").length;
    if (runs !== 1) scene.problems.push(`${runs} handler runs; expected 1`);
    return `${copies} copies over ${receivers} processes: ${accepted} × 200, ${busy} × 409`;
  },
};

const LONG_WORK_MS = 14_000;

/** Longer than deadline and lease: kept by renewing. */
export const LONG_HANDLER: Row = {
  fault: "handler works longer than its lease",
  stores: ALL,
  inShort: false,
  async play(scene) {
    scene.onAsk = () => new Promise((resolve) => setTimeout(resolve, LONG_WORK_MS, "go"));
    await scene.cast(scene.kind === "memory" ? 1 : 2);
    // A transaction keeps its connection all the while, so there are no more of them than the pools have.
    await scene.load({ count: 12, perSecond: 100, mark: () => "after-effect" });
    return `${LONG_WORK_MS / 1_000} s each`;
  },
};
