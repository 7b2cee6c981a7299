import { coloursFor } from "../output/colours.ts";
import { columnsOf, count, counted } from "../output/text.ts";
import type { Tally } from "./tally.ts";

const EVERY_MS = 100;
const BAR_CELLS = 20;
const CLEAR_LINE = "\r\u001b[K";

/** A line on standard error that shows how far a simulation is; nothing where that is not a terminal. */
export class Progress {
  readonly #tally: Tally;
  readonly #faxes: number;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(tally: Tally, faxes: number) {
    this.#tally = tally;
    this.#faxes = faxes;
    if (process.stderr.isTTY) this.#timer = setInterval(() => this.#draw(), EVERY_MS);
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    process.stderr.write(CLEAR_LINE);
  }

  #draw(): void {
    const { dim, cyan } = coloursFor(process.stderr);
    const { faxesDone, eventsStarted, accepted, lost, retries } = this.#tally;
    const filled = Math.floor((faxesDone / this.#faxes) * BAR_CELLS);
    const open = eventsStarted - accepted - lost;
    const parts = [
      `${"█".repeat(filled)}${"░".repeat(BAR_CELLS - filled)}`,
      `${count(faxesDone)}/${count(this.#faxes)} faxes`,
      `${count(open)} events open`,
      ...(retries > 0 ? [counted(retries, "retry", "retries")] : []),
    ];
    // Text that ran over into a second line would never be cleared.
    const width = columnsOf(process.stderr);
    const line = parts.reduce(
      (all, part) => (all.length + 2 + part.length > width ? all : `${all}  ${part}`),
      "",
    );
    process.stderr.write(CLEAR_LINE + line.replace(/█+/, cyan).replace(/░+/, dim));
  }
}
