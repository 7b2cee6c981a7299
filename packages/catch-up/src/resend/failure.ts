import type { Attempt } from "../api/attempt.ts";
import type { CatchUpEvent, CatchUpState } from "../report.ts";

/** mintfax tries an event four times by itself, the last time some 18.5 minutes after the first. */
const SCHEDULED_ATTEMPTS = 4;
export const SCHEDULE_MS: number = 20 * 60_000;

/** The wait after the first time that an event was resent; it doubles from there. */
const FIRST_WAIT_MS = 5 * 60_000;
/** The longest wait where the endpoint has accepted another delivery meanwhile: then it is this event that fails. */
const WAIT_WHILE_UP_MAX_MS = 60 * 60_000;

/** An event of which attempts failed. Of the attempts only this is kept, so that memory grows with events, not with attempts. */
export class Failure {
  readonly eventId: string;
  eventType: string | undefined;
  /** The newest failed attempt: the one to retry. */
  attemptId: string;
  attempts: number;
  failedMs: number | undefined;
  firstFailedMs: number | undefined;
  statusCode: number | null;
  state: CatchUpState = "toResend";
  reason: string | undefined;
  /** How many requests to resend it this run has made. */
  posts = 0;
  /** When the last of these was made. */
  postedMs = 0;
  /** How many of its attempts are known to be retries that were asked for. */
  #retries = 0;

  constructor(attempt: Attempt) {
    this.eventId = attempt.eventId;
    this.eventType = attempt.eventType;
    this.attemptId = attempt.id;
    this.attempts = attempt.number;
    this.failedMs = attempt.endedMs;
    this.firstFailedMs = attempt.endedMs;
    this.statusCode = attempt.statusCode;
    if (attempt.isRetry) this.#retries = 1;
  }

  /** Takes a further failed attempt of the event. */
  add(attempt: Attempt): void {
    if (attempt.isRetry) this.#retries += 1;
    const { endedMs } = attempt;
    if (endedMs !== undefined) this.firstFailedMs = Math.min(endedMs, this.firstFailedMs ?? endedMs);
    const isNewer =
      attempt.number === this.attempts
        ? (endedMs ?? 0) > (this.failedMs ?? 0)
        : attempt.number > this.attempts;
    if (!isNewer) return;
    this.attemptId = attempt.id;
    this.attempts = attempt.number;
    this.failedMs = endedMs;
    this.statusCode = attempt.statusCode;
  }

  /** Whether mintfax may still try it by itself. Where it does not say when an attempt failed, only four attempts rule it out. */
  isOnSchedule(nowMs: number): boolean {
    if (this.attempts - this.#retries >= SCHEDULED_ATTEMPTS) return false;
    return this.failedMs === undefined || nowMs - this.failedMs < SCHEDULE_MS;
  }

  /** How often it was resent, as far as the numbers of its attempts tell. */
  get tries(): number {
    return Math.max(this.#retries, this.attempts - SCHEDULED_ATTEMPTS, 0);
  }

  /** Whether the wait after the last try is over. @param isUp whether the endpoint has accepted a delivery since then */
  isDue(tries: number, nowMs: number, isUp: boolean): boolean {
    if (tries === 0 || this.failedMs === undefined) return true;
    const waitMs = FIRST_WAIT_MS * 2 ** (tries - 1);
    return nowMs - this.failedMs >= (isUp ? Math.min(waitMs, WAIT_WHILE_UP_MAX_MS) : waitMs);
  }

  settle(state: CatchUpState, reason?: string): void {
    this.state = state;
    this.reason = reason;
  }

  /** For people and programs. */
  get shown(): CatchUpEvent {
    const { attemptId, attempts, eventId, eventType, failedMs, reason, state, statusCode } = this;
    const failedAt = failedMs === undefined ? undefined : new Date(failedMs).toISOString();
    return { eventId, eventType, attemptId, attempts, failedAt, statusCode, state, reason };
  }
}
