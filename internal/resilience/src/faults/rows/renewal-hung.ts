import { gate } from "test-support/gate";
import type { Deed } from "../receiver/points.ts";
import { LEASE_MS, nowMs, sleep } from "../terms.ts";
import { LEASED, type Row } from "./row.ts";

/** A little before the first renewals, which come after a third of the lease. */
const UNTIL_SILENCE_MS = LEASE_MS / 3 - 600;
const PATIENCE_MS = 60_000;

/** The connections to the store swallow the first renewals. Copies come when the leases would have ended. */
export const RENEWAL_HUNG: Row = {
  fault: "renewal hung once, handler outlives lease",
  stores: LEASED,
  inShort: true,
  async play(scene) {
    const working = new Set<string>();
    const work = gate();
    scene.onAsk = async (_receiver, _point, id): Promise<Deed> => {
      working.add(id);
      await work.promise;
      return "go";
    };
    await scene.cast(2, { linked: true });
    const count = scene.size(24, 12);
    await scene.load({ count, perSecond: 200, mark: () => "in-handler" });
    await scene.until("all handlers are at work", () => working.size === count, PATIENCE_MS);
    const leasesEndMs = nowMs() + LEASE_MS;
    await sleep(UNTIL_SILENCE_MS);

    const renewals = (result?: "failed"): number => {
      const ended = scene.ledger().filter((of) => of.what === "settled" && of.settle === "renew");
      return new Set(ended.filter((of) => of.result === (result ?? of.result)).map(({ id }) => id)).size;
    };
    const over = scene.doings.outage("all");
    const firstOver = scene.until("each handler's first renewal", () => renewals() === count, PATIENCE_MS);
    await Promise.all(scene.actors.map(({ link }) => link?.halfOpen(firstOver)));
    over();
    const hung = renewals("failed");
    if (hung === 0) scene.problems.push("no renewal hung");

    await sleep(leasesEndMs + 500 - nowMs());
    await scene.traffic.retryNow(() => true);
    work.open();
    return `${hung} renewals`;
  },
};
