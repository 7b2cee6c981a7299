import { coloursFor } from "./colours.ts";
import { columnsOf } from "./text.ts";

const EVERY_MS = 100;
const BAR_CELLS = 20;
const CLEAR_LINE = "\r\u001b[K";

/** How far a piece of work is. */
export interface Progressed {
  /** From 0 to 1. */
  readonly share: number;
  /** What to say beside the bar, the most important first. */
  readonly words: readonly string[];
}

/** A line on standard error that shows how far work is; nothing where that is not a terminal. */
export class ProgressLine {
  readonly #look: () => Progressed;
  #timer: NodeJS.Timeout | undefined;

  constructor(look: () => Progressed) {
    this.#look = look;
    if (process.stderr.isTTY) this.#timer = setInterval(() => this.#draw(), EVERY_MS);
  }

  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.stderr.write(CLEAR_LINE);
  }

  #draw(): void {
    const { dim, cyan } = coloursFor(process.stderr);
    const { share, words } = this.#look();
    const filled = Math.floor(Math.min(1, share) * BAR_CELLS);
    // Text that ran over into a second line would never be cleared.
    const width = columnsOf(process.stderr);
    const line = [`${"█".repeat(filled)}${"░".repeat(BAR_CELLS - filled)}`, ...words].reduce(
      (all, part) => (all.length + 2 + part.length > width ? all : `${all}  ${part}`),
      "",
    );
    process.stderr.write(CLEAR_LINE + line.replace(/█+/, cyan).replace(/░+/, dim));
  }
}
