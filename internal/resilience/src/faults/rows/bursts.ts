import type { StoreLink } from "../conductor/store-link.ts";
import { sleep } from "../terms.ts";
import { type Row, SERVERS } from "./row.ts";

const STRIKE_MS = 150;
/** Longer than the stores wait. */
const LATE_BY_MS = 2_500;

/** What happens to a call of the store happens to all deliveries that share it. */
const FAULTS: Readonly<Record<string, (link: StoreLink) => Promise<void>>> = {
  "answers lost": (link) => link.cut(STRIKE_MS),
  "calls cut in half": (link) => link.cutInHalf(STRIKE_MS),
  "answers 2.5 s late": (link) => link.delay(LATE_BY_MS, STRIKE_MS),
};

/** Many deliveries at once, so that what they ask of the store shares calls; a tenth of them come to both receivers. */
function burst(words: string, inShort: boolean): Row {
  const strike = FAULTS[words] as (link: StoreLink) => Promise<void>;
  return {
    fault: `bursts of 200 deliveries, ${words}`,
    stores: SERVERS,
    inShort,
    async play(scene) {
      await scene.cast(2, { linked: true, workMs: 5 });
      const loading = scene.load({ count: scene.size(3_000, 600), perSecond: 1_000, atOnce: 200 });
      let strikes = 0;
      let isOver = false;
      const striking = async (): Promise<void> => {
        while (!isOver) {
          await sleep(200 + scene.random.fraction() * 400);
          const over = scene.doings.outage("all");
          await Promise.all(scene.actors.map(({ link }) => link && strike(link)));
          over();
          strikes += 1;
        }
      };
      const struck = striking();
      await loading;
      isOver = true;
      await struck;
      return `${strikes} times, for ${STRIKE_MS} ms`;
    },
  };
}

export const BURSTS: readonly Row[] = [
  burst("answers lost", true),
  burst("calls cut in half", false),
  burst("answers 2.5 s late", false),
];
