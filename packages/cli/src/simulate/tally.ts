import { createHistogram } from "node:perf_hooks";
import type { FaxEvent } from "@mintfax-webhooks/core";
import type { Attempt } from "@mintfax-webhooks/testing";
import { readAnswer } from "../output/answer.ts";
import { isUnhandled } from "../target/unhandled.ts";

/** How many events that were never accepted are kept with their ids. */
const MOST_NAMED = 20;
/** Far more than this library's receivers have. Another server may answer in any way. */
const MOST_ANSWERS = 40;

const OTHERS = { status: null, outcome: null, code: null, reason: "all other answers", count: 0 };

/** Equal answers. */
export interface AnswerCount {
  readonly status: number | null;
  readonly outcome: string | null;
  readonly code: string | null;
  /** Why no answer came; null where one did. */
  readonly reason: string | null;
  count: number;
}

/** An event that mintfax would have given up on. */
export interface LostEvent {
  readonly id: string;
  readonly type: string;
  /** Status of its last attempt. */
  readonly status: number | null;
  readonly code: string | null;
}

/** Counts deliveries and answers. Its memory does not grow with their number. */
export class Tally {
  faxesStarted = 0;
  faxesDone = 0;
  eventsStarted = 0;
  accepted = 0;
  lost = 0;
  attempts = 0;
  retries = 0;
  duplicates = 0;
  /** How much later than planned a delivery went out, at most. */
  latestMs = 0;
  /** The longest that this process overslept when a delivery was due. */
  sleptInMs = 0;
  /** The longest that a delivery waited because too many were under way. */
  heldUpMs = 0;
  /** Of events that were answered without a handler. */
  readonly unhandledTypes: Set<string> = new Set();
  readonly lostNamed: LostEvent[] = [];
  /** The first event that was never accepted, and its last attempt. */
  firstLost: { readonly event: FaxEvent; readonly last: Attempt } | undefined;
  readonly #answers = new Map<string, AnswerCount>();
  /** In microseconds: a histogram takes whole numbers from 1. */
  readonly #latencies = createHistogram();

  attempted(attempt: Attempt, type: string, isRetry: boolean): void {
    this.attempts += 1;
    if (isRetry) this.retries += 1;
    if (attempt.status !== null) this.#latencies.record(Math.max(1, Math.round(attempt.durationMs * 1000)));
    const { status, outcome, code, message } = readAnswer(attempt);
    if (isUnhandled({ outcome })) this.unhandledTypes.add(type);
    const reason = status === null ? message : null;
    const key = JSON.stringify([status, outcome, code, reason]);
    const counted = this.#answers.get(key) ?? this.#added(key, { status, outcome, code, reason, count: 0 });
    counted.count += 1;
  }

  #added(key: string, answer: AnswerCount): AnswerCount {
    if (this.#answers.size < MOST_ANSWERS) {
      this.#answers.set(key, answer);
      return answer;
    }
    const others = this.#answers.get("others") ?? { ...answer, ...OTHERS };
    this.#answers.set("others", others);
    return others;
  }

  ended(accepted: boolean, event: FaxEvent, last: Attempt): void {
    if (accepted) {
      this.accepted += 1;
      return;
    }
    this.lost += 1;
    this.firstLost ??= { event, last };
    if (this.lostNamed.length >= MOST_NAMED) return;
    const { status, code } = readAnswer(last);
    this.lostNamed.push({ id: event.id, type: event.type, status, code });
  }

  late(ms: number): void {
    this.latestMs = Math.max(this.latestMs, ms);
  }

  sleptIn(ms: number): void {
    this.sleptInMs = Math.max(this.sleptInMs, ms);
  }

  heldUp(ms: number): void {
    this.heldUpMs = Math.max(this.heldUpMs, ms);
  }

  /** Most frequent first. */
  get answers(): readonly AnswerCount[] {
    return [...this.#answers.values()].sort((a, b) => b.count - a.count);
  }

  /** From the request to the end of the answer, in milliseconds; null where no attempt was answered. */
  get latencyMs(): { p50: number; p99: number; max: number } | null {
    if (this.#latencies.count === 0) return null;
    const { max } = this.#latencies;
    return {
      p50: this.#latencies.percentile(50) / 1000,
      p99: this.#latencies.percentile(99) / 1000,
      max: max / 1000,
    };
  }
}
