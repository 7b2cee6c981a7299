import { randomId } from "@mintfax-webhooks/testing";
import { Leaks } from "./leaks.ts";
import type { Setting } from "./vectors/draft.ts";
import type { VectorRequest } from "./vectors/request.ts";
import type { Answer } from "./wire/answer.ts";
import { type SendOptions, send } from "./wire/send.ts";

/** After so many requests without an answer, each further one costs less time. */
const UNANSWERED = 3;
/** The share of `timeoutMs` that is then left: 1 s of 30. */
const SHARE = 1 / 30;
/** An answer may take so many times as long as the slowest one that came. */
const SLOWER = 3;

/** What a check has to work with: the receiver, and how often its handler has run. */
export class Probe {
  readonly url: URL;
  /** How long one answer may take, by the options. */
  readonly timeoutMs: number;
  readonly secret: string;
  /** Of all answers until now. */
  readonly leaks: Leaks;
  /** The longest time to an answer that accepted a delivery. */
  slowestMs = 0;
  readonly #runsUrl: URL | undefined;
  #unanswered = 0;
  #slowestAnswerMs = 0;

  constructor({ url, secret, timeoutMs, runsUrl }: ProbeOptions) {
    this.url = url;
    this.secret = secret;
    this.leaks = new Leaks(secret);
    this.timeoutMs = timeoutMs;
    this.#runsUrl = runsUrl;
  }

  /** The receiver's secret, and the present time. */
  get setting(): Setting {
    return { secret: this.secret, nowSeconds: Math.floor(Date.now() / 1000), newId: () => randomId("evt_") };
  }

  async send(request: VectorRequest, options: Partial<SendOptions> = {}): Promise<Answer> {
    const answer = await send(this.url, request, { timeoutMs: this.patienceMs, ...options });
    if (answer.status !== null) this.#slowestAnswerMs = Math.max(this.#slowestAnswerMs, answer.durationMs);
    else if (answer.error === "timeout" && options.timeoutMs === undefined) this.#unanswered += 1;
    this.leaks.look(request, answer.text);
    return answer;
  }

  /**
   * How long an answer is waited for now. A receiver that leaves refusals, or all requests, unanswered would otherwise hold up the
   * whole table for the better part of an hour.
   */
  get patienceMs(): number {
    if (this.#unanswered < UNANSWERED) return this.timeoutMs;
    return Math.min(this.timeoutMs, Math.max(this.timeoutMs * SHARE, this.#slowestAnswerMs * SLOWER));
  }

  /** How often the handler has run for an event; undefined where that cannot be told. */
  async runs(id: string): Promise<number | undefined> {
    if (this.#runsUrl === undefined) return undefined;
    const url = new URL(this.#runsUrl);
    url.searchParams.set("id", id);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(this.patienceMs) });
      const count = Number((await response.text()).trim() || "x");
      return response.ok && Number.isSafeInteger(count) ? count : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether the handler of the receiver does as an event's tag `certify` says, and tells its runs. */
  get sees(): boolean {
    return this.#runsUrl !== undefined;
  }
}

/** Options of {@link Probe}. */
export interface ProbeOptions {
  readonly url: URL;
  readonly secret: string;
  readonly timeoutMs: number;
  readonly runsUrl: URL | undefined;
}
