import type { CatchUpStep } from "@mintfax-webhooks/catch-up";
import { ProgressLine } from "../output/progress-line.ts";
import { count } from "../output/text.ts";

/** Shows how far a run is, at a terminal. */
export class CatchUpProgress {
  #read = 0;
  #toResend = 0;
  #resent = 0;
  #settled = 0;
  #waitsUntilMs = 0;
  readonly #line = new ProgressLine(() => this.#progressed());

  see(step: CatchUpStep): void {
    if (step.type === "read") this.#read += step.entries;
    if (step.type === "planned") this.#toResend = step.toResend;
    if (step.type === "resent") this.#resent = step.resent;
    if (step.type === "settled") this.#settled += 1;
    this.#waitsUntilMs = step.type === "waiting" ? Date.now() + step.waitMs : 0;
  }

  end(): void {
    this.#line.end();
  }

  #progressed(): { share: number; words: string[] } {
    const waitsSeconds = Math.ceil((this.#waitsUntilMs - Date.now()) / 1000);
    const wait = waitsSeconds > 1 ? [`waits ${waitsSeconds} s`] : [];
    if (this.#toResend === 0) return { share: 0, words: [`${count(this.#read)} read`, ...wait] };
    return {
      share: this.#settled / this.#toResend,
      words: [`${count(this.#resent)}/${count(this.#toResend)} sent`, ...wait],
    };
  }
}
