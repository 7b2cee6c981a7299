import { wholeFrom } from "./read.ts";

const WINDOW_MS = 60_000;
/** Longer than the window of mintfax's limit, and short enough for a person who waits. */
const WAIT_MAX_MS = 15 * 60_000;

/** How many requests go out, over a sliding minute as mintfax counts it. Shared by all runs of a catch-up. */
export class Pace {
  readonly #nowMs: () => number;
  #perMinute: number;
  #sentMs: number[] = [];
  #notBeforeMs = 0;

  constructor(perMinute: number, nowMs: () => number) {
    this.#perMinute = perMinute;
    this.#nowMs = nowMs;
  }

  /** How long to wait before the next request; 0 where it may go. */
  waitMs(): number {
    const nowMs = this.#nowMs();
    // A clock that was set back would otherwise hold requests up until it has caught up.
    if (this.#notBeforeMs > nowMs + WAIT_MAX_MS) this.#notBeforeMs = nowMs;
    this.#sentMs = this.#sentMs.filter((ms) => ms > nowMs - WINDOW_MS && ms <= nowMs);
    const [oldest] = this.#sentMs;
    const forWindow =
      this.#sentMs.length < this.#perMinute || oldest === undefined ? 0 : oldest + WINDOW_MS - nowMs;
    return Math.max(0, forWindow, this.#notBeforeMs - nowMs);
  }

  /** A request goes out. */
  sent(): void {
    this.#sentMs.push(this.#nowMs());
  }

  /** What an answer says of the limit. */
  heed(headers: Headers): void {
    const limit = wholeFrom(headers.get("x-ratelimit-limit"), 1);
    if (limit !== undefined && limit < this.#perMinute) this.#perMinute = limit;
    if (headers.get("x-ratelimit-remaining") !== "0") return;
    const reset = wholeFrom(headers.get("x-ratelimit-reset"), 0);
    // Larger values are a time instead of a number of seconds.
    if (reset !== undefined && reset * 1000 <= WINDOW_MS) this.hold(reset * 1000);
  }

  /** No request goes out for that long. */
  hold(ms: number): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#nowMs() + Math.min(ms, WAIT_MAX_MS));
  }
}

/** What `Retry-After` asks for, in milliseconds: a number of seconds or a date. Undefined where it is not there. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : Math.max(0, ms - nowMs);
}

export const RETRY_AFTER_MAX_MS: number = WAIT_MAX_MS;
