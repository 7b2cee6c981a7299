import { realClearTimeout, realSetTimeout } from "../clock/timers.ts";
import { checkGiven, checkMs, wrongKind } from "../given.ts";
import { NotSeenError } from "./not-seen-error.ts";

/** Options of `waitFor`. */
export interface WaitOptions {
  /** When to give up, in milliseconds of real time. Default 4000, a second before Vitest ends a test. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 4_000;
/** How many of the seen items an error names. */
const NAMED = 10;

/** The items seen so far, in order, and the callers that wait for more. */
export class Recording<Item> {
  readonly items: Item[] = [];
  readonly #nameOf: (item: Item) => string;
  readonly #waiting = new Set<(item: Item) => void>();

  /** @param nameOf the text that an error shows of an item; never a payload */
  constructor(nameOf: (item: Item) => string) {
    this.#nameOf = nameOf;
  }

  add(item: Item): void {
    this.items.push(item);
    for (const look of [...this.#waiting]) look(item);
  }

  /**
   * The first item with a name, or for which a predicate holds, past or future.
   *
   * @throws {NotSeenError} where no item comes in time
   * @throws {TypeError} for a name that is not text, or a `timeoutMs` that is not a number
   */
  async waitFor(
    wanted: string | ((item: Item) => boolean),
    nameOf: (item: Item) => string,
    options: WaitOptions = {},
  ): Promise<Item> {
    if (typeof wanted !== "string" && typeof wanted !== "function") {
      throw wrongKind(
        wanted,
        "a name or a function to `waitFor`",
        "For one certain event: ({ id }) => id === event.id.",
      );
    }
    checkGiven(options, ["timeoutMs"], "waitFor()");
    const { timeoutMs = TIMEOUT_MS } = options;
    checkMs("timeoutMs", timeoutMs);
    const matches = typeof wanted === "function" ? wanted : (item: Item) => nameOf(item) === wanted;
    const subject = typeof wanted === "function" ? "A match" : wanted;
    return new Promise((resolve, reject) => {
      const seen = this.items.find(matches);
      if (seen !== undefined) return resolve(seen);
      const look = (item: Item): void => {
        try {
          if (!matches(item)) return;
          resolve(item);
        } catch (error) {
          // The predicate's own error goes to the caller that waits, not to the handler that was called.
          reject(error);
        }
        realClearTimeout(timer);
        this.#waiting.delete(look);
      };
      const timer = realSetTimeout(() => {
        this.#waiting.delete(look);
        reject(new NotSeenError(`${subject} was not seen within ${timeoutMs} ms. ${this.#summary()}`));
      }, timeoutMs);
      this.#waiting.add(look);
    });
  }

  #summary(): string {
    if (this.items.length === 0) return "Nothing was seen.";
    const names = this.items.slice(-NAMED).map(this.#nameOf);
    return `Seen${this.items.length > NAMED ? `, at the end of ${this.items.length}` : ""}: ${names.join(", ")}.`;
  }
}
