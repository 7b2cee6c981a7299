import type { Outcome, OutcomeCode } from "./codes.ts";
import type { Ending } from "./ending.ts";
import type { Facts } from "./facts.ts";

/** What the hook is given about a delivery. It has no header values and nothing of the body: safe to log as JSON. */
export interface OutcomeRecord {
  readonly outcome: Outcome;
  /** The status that mintfax was answered with. */
  readonly status: number;
  readonly code: OutcomeCode | undefined;
  /** The message in the answer: what was wrong, and how to fix it. */
  readonly message: string | undefined;
  /** `webhook-id`, once it is known to be well formed. Not authentic where the outcome is `refused`. */
  readonly id: string | undefined;
  /** The event's type, once the delivery is known to be authentic. */
  readonly type: string | undefined;
  /** When mintfax generated the event, in Unix seconds; known when `type` is. From it to now is the event's age. */
  readonly created: number | undefined;
  /** Which of the secrets matched, counting from 0. When only the new one still matches, drop the old one. */
  readonly secretIndex: number | undefined;
  /** From the arrival of the headers to the answer, in milliseconds. */
  readonly durationMs: number;
  /** The handler's part of it, in milliseconds; undefined where it did not run. */
  readonly handlerMs: number | undefined;
  /**
   * What the handler or the store threw. Not enumerable, so that neither `JSON.stringify` nor a spread takes it
   * along: your handler may have put anything into it, health data included.
   */
  readonly error?: unknown;
}

/**
 * What became of work that outlived its delivery's answer: a handler past its deadline that has now settled, or a
 * promise given to `context.waitUntil` that rejected.
 */
export interface LateOutcomeRecord {
  readonly outcome: Outcome;
  readonly code: OutcomeCode | undefined;
  readonly message: string | undefined;
  readonly id: string | undefined;
  readonly type: string | undefined;
  /** See {@link OutcomeRecord.created}. */
  readonly created: number | undefined;
  /** From the arrival of the headers until now, in milliseconds. */
  readonly durationMs: number;
  /** Not enumerable, see {@link OutcomeRecord.error}. */
  readonly error?: unknown;
}

/** Called once for every delivery that reached the path. An error that it throws changes nothing. */
export type OutcomeHook = (record: OutcomeRecord) => unknown;

/** Called once for work that ends after its delivery was answered. An error that it throws changes nothing. */
export type LateOutcomeHook = (record: LateOutcomeRecord) => unknown;

export function outcomeRecord(ending: Ending, facts: Facts): OutcomeRecord {
  const nowMs = performance.now();
  const { arrivedMs, handlerStartedMs, handlerEndedMs = nowMs } = facts;
  const record = {
    outcome: ending.outcome,
    status: ending.status,
    code: ending.code,
    message: ending.message,
    id: facts.id,
    type: facts.type,
    created: facts.created,
    secretIndex: facts.secretIndex,
    durationMs: nowMs - arrivedMs,
    handlerMs: handlerStartedMs === undefined ? undefined : handlerEndedMs - handlerStartedMs,
  };
  return withHiddenError(record, ending.error);
}

export function lateOutcomeRecord(ending: Ending, facts: Facts): LateOutcomeRecord {
  const record = {
    outcome: ending.outcome,
    code: ending.code,
    message: ending.message,
    id: facts.id,
    type: facts.type,
    created: facts.created,
    durationMs: performance.now() - facts.arrivedMs,
  };
  return withHiddenError(record, ending.error);
}

export function withHiddenError<R extends object>(record: R, error: unknown): R {
  return error === undefined
    ? record
    : Object.defineProperty(record, "error", { value: error, enumerable: false });
}
