import type { StoreLink } from "../conductor/store-link.ts";
import { sleep } from "../terms.ts";
import { type Row, SERVERS } from "./row.ts";

const CUT_MS = 300;
/** Longer than the 3 s for which the engine tries to complete. */
const SILENT_MS = 4_000;

const FAULTS: Readonly<Record<string, (link: StoreLink) => Promise<void>>> = {
  cut: (link) => link.cut(CUT_MS),
  stalled: (link) => link.stall(SILENT_MS),
  "half-open": (link) => link.halfOpen(sleep(SILENT_MS)),
};

/** What a marked event asks for at that point happens to its receiver's link before the store is asked. */
function linkFault(words: string, point: "at-claim" | "at-complete", inShort: boolean): Row {
  const strike = FAULTS[words] as (link: StoreLink) => Promise<void>;
  return {
    fault: `connection ${words} ${point.replace("-", " ")}`,
    stores: SERVERS,
    inShort,
    async play(scene) {
      const strikes = scene.size(4, 2);
      const count = scene.size(450, 120);
      const struck = new Set<string>();
      scene.onAsk = (receiver, _point, id) => {
        const link = scene.actors.find(({ process }) => process === receiver)?.link;
        if (struck.has(id) || link === undefined) return "go";
        struck.add(id);
        void strike(link).then(scene.doings.outage(receiver.pid));
        return "go";
      };
      await scene.cast(2, { linked: true });
      const marks = scene.random.distinct(strikes, count);
      await scene.load({ count, perSecond: 90, mark: (index) => (marks.has(index) ? point : undefined) });
      await scene.until(`${strikes} events reach the point`, () => struck.size === strikes, 60_000);
      return `${struck.size} times`;
    },
  };
}

const LATE_BY_MS = 2_500;

/** Later than the stores wait (2 s), sooner than the engine would by itself: claims are granted, and no receiver hears of it. */
const LATE: Row = {
  fault: "store answers 2.5 s late",
  stores: SERVERS,
  inShort: false,
  async play(scene) {
    await scene.cast(2, { linked: true });
    const loading = scene.load({ count: scene.size(450, 120), perSecond: 80 });
    await sleep(500 + scene.random.fraction() * 500);
    const over = scene.doings.outage("all");
    await Promise.all(scene.actors.map(({ link }) => link?.delay(LATE_BY_MS, SILENT_MS)));
    over();
    await loading;
    return `for ${SILENT_MS / 1_000} s`;
  },
};

export const LINKS: readonly Row[] = [
  linkFault("cut", "at-claim", false),
  linkFault("cut", "at-complete", true),
  linkFault("stalled", "at-claim", false),
  linkFault("stalled", "at-complete", true),
  linkFault("half-open", "at-claim", false),
  linkFault("half-open", "at-complete", false),
  LATE,
];
