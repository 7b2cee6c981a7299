import { ProgressLine } from "../output/progress-line.ts";
import { count, counted } from "../output/text.ts";
import type { Tally } from "./tally.ts";

/** Shows how far a simulation is, at a terminal. */
export function showProgress(tally: Tally, faxes: number): ProgressLine {
  return new ProgressLine(() => {
    const { faxesDone, eventsStarted, accepted, lost, retries } = tally;
    return {
      share: faxesDone / faxes,
      words: [
        `${count(faxesDone)}/${count(faxes)} faxes`,
        `${count(eventsStarted - accepted - lost)} events open`,
        ...(retries > 0 ? [counted(retries, "retry", "retries")] : []),
      ],
    };
  });
}
