import { gate } from "test-support/gate";
import type { Deed } from "../receiver/points.ts";
import { ALL, type Row } from "./row.ts";

/** The handler does not return before all copies have been answered, so every one of them comes while it is at work. */
export const COPIES: Row = {
  fault: "copies of one event at once",
  stores: ALL,
  inShort: true,
  alone: true,
  async play(scene) {
    const answered = gate();
    scene.onAsk = async (): Promise<Deed> => {
      await answered.promise;
      return "go";
    };
    const receivers = scene.kind === "memory" ? 1 : 4;
    const copies = scene.size(10_000, 1_000);
    await scene.cast(receivers);
    const attempts = await scene.copies(copies, "after-effect");
    answered.open();
    // A renewal is settled too, and would not do.
    const completed = () =>
      scene
        .ledger()
        .some(({ what, settle, result }) => what === "settled" && settle === "complete" && result === "ok");
    await scene.until("the handler's completion", completed, 30_000);
    const [last] = await scene.copies(1, "after-effect");

    const count = (status: number) => attempts.filter((attempt) => attempt.status === status).length;
    const [busy, unavailable] = [count(409), count(503)];
    // One of them is the one whose handler it is: that is past its deadline. On a busy machine a store may be late for
    // a few more.
    if (unavailable > 1 + copies / 100) scene.problems.push(`${unavailable} copies were answered 503`);
    const others = copies - busy - unavailable;
    if (others > 0) scene.problems.push(`${others} copies had neither 409 nor 503 for an answer`);
    if (last?.status !== 200) scene.problems.push(`the last copy was answered ${last?.status}`);
    const runs = scene.ledger().filter(({ what }) => what === "started").length;
    if (runs !== 1) scene.problems.push(`${runs} handler runs; expected 1`);
    return `${receivers} processes: ${busy} × 409, ${unavailable} × 503, then 200`;
  },
};
