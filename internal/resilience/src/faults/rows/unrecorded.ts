import type { Attempt } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import type { Deed } from "../receiver/points.ts";
import { LEASE_MS, nowMs, sleep } from "../terms.ts";
import { FILES, LEASED, type Row } from "./row.ts";
import { kill } from "./store-deaths.ts";

const AWAY_MS = 10_000;
const PATIENCE_MS = 30_000;

/** The store is gone from the effect on, for longer than an answer waits; when it is back, the process tells it after all. */
const AWAY: Row = {
  fault: "completion while the store is away for 10 s",
  stores: LEASED,
  inShort: true,
  ownServer: true,
  async play(scene) {
    const done = new Set<string>();
    const settling = gate();
    scene.onAsk = async (_receiver, _point, id): Promise<Deed> => {
      done.add(id);
      await settling.promise;
      return "go";
    };
    await scene.cast(2);
    const count = scene.size(40, 12);
    await scene.load({ count, perSecond: 200, mark: () => "after-effect" });
    await scene.until("all events have their effect", () => done.size === count, PATIENCE_MS);
    const heldUntilMs = nowMs() + LEASE_MS;
    const restart = await kill(scene);
    settling.open();
    await sleep(AWAY_MS);
    await restart();

    const idsWith = (what: "outcome" | "settled", how: string): Set<string> =>
      new Set(
        scene
          .ledger()
          .filter(
            (of) => of.what === what && (of.code === how || (of.settle === "complete" && of.result === how)),
          )
          .map(({ id }) => id),
      );
    const unrecorded = idsWith("outcome", "complete_unavailable").size;
    if (unrecorded < count) scene.problems.push(`only ${unrecorded} of ${count} completions failed at first`);
    await scene.until("all are recorded", () => idsWith("settled", "ok").size === count, PATIENCE_MS);
    await sleep(Math.max(0, heldUntilMs + 1_000 - nowMs()));
    const earlier = new Set(await scene.traffic.attempts());
    await scene.traffic.retryNow(() => true);
    const copies = (await scene.traffic.attempts()).filter((attempt) => !earlier.has(attempt));
    const others = copies.filter((copy) => !isDuplicate(copy)).length;
    if (others > 0 || copies.length < count)
      scene.problems.push(`${others} of ${copies.length} copies were no duplicates`);
    return `${unrecorded} × complete_unavailable, ${copies.length} copies`;
  },
};

export const UNRECORDED: readonly Row[] = [
  AWAY,
  { ...AWAY, fault: "completion while the file is locked for 10 s", stores: FILES },
];

function isDuplicate({ status, body }: Attempt): boolean {
  return status === 200 && body?.includes("duplicate") === true;
}
