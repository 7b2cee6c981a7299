import type { Fax, FaxAttempt, FaxErrorCode } from "@mintfax-webhooks/core";
import { randomId } from "../random-id.ts";
import { afterFailure, errorMembers } from "./error-codes.ts";

/** The fields that stay the same for the whole life of a fax. */
export type FaxConstants = Pick<
  Fax,
  | "id"
  | "to"
  | "max_attempts"
  | "webhook_url"
  | "idempotency_key"
  | "tags"
  | "csid"
  | "page_size"
  | "resolution"
  | "optimize_for"
>;

// As in mintfax's samples: handed to a carrier after 2 s, first attempt after 5 s, 10 s between attempts.
const SUBMITTED_SECONDS = 2;
const FIRST_ATTEMPT_SECONDS = 5;
const PAUSE_SECONDS = 10;

/** The life of one fax, from which its events are snapshots. All offsets are seconds since it was queued. */
export class FaxStory {
  readonly #constants: FaxConstants;
  readonly #pages: number;
  readonly #results: readonly (FaxErrorCode | null)[];

  /** @param results how the attempts end, oldest first: an error code, or null where the fax arrives */
  constructor(constants: FaxConstants, pages: number, results: readonly (FaxErrorCode | null)[]) {
    this.#constants = constants;
    this.#pages = pages;
    this.#results = results;
  }

  get attempts(): number {
    return this.#results.length;
  }

  /** When an attempt starts. */
  startOf(attemptNumber: number): number {
    const before = this.#results.slice(0, attemptNumber - 1);
    return before.reduce(
      (seconds, result) => seconds + secondsOf(result) + PAUSE_SECONDS,
      FIRST_ATTEMPT_SECONDS,
    );
  }

  /** When the last attempt ends, and the fax with it. */
  get end(): number {
    return this.#endOf(this.attempts);
  }

  queued(queuedSeconds: number): Fax {
    const queuedAt = iso(queuedSeconds);
    return {
      ...this.#constants,
      status: "queued",
      pages: null,
      ...errorMembers(null),
      attempts: [],
      submitted_at: null,
      completed_at: null,
      created_at: queuedAt,
      updated_at: queuedAt,
    };
  }

  sending(queuedSeconds: number, attemptNumber: number): Fax {
    const startedAt = iso(queuedSeconds + this.startOf(attemptNumber));
    const running: FaxAttempt = {
      attempt_number: attemptNumber,
      started_at: startedAt,
      completed_at: null,
      duration_ms: null,
      ...errorMembers(null),
    };
    return {
      ...this.queued(queuedSeconds),
      status: "in_progress",
      pages: this.#pages,
      attempts: [...this.#ended(queuedSeconds, attemptNumber - 1), running],
      submitted_at: iso(queuedSeconds + SUBMITTED_SECONDS),
      updated_at: startedAt,
    };
  }

  ended(queuedSeconds: number): Fax {
    const error = this.#results.at(-1) ?? null;
    const endedAt = iso(queuedSeconds + this.end);
    return {
      ...this.queued(queuedSeconds),
      status: error === null ? "delivered" : "failed",
      pages: this.#pages,
      ...errorMembers(error),
      attempts: this.#ended(queuedSeconds, this.attempts),
      submitted_at: iso(queuedSeconds + SUBMITTED_SECONDS),
      completed_at: endedAt,
      updated_at: endedAt,
    };
  }

  #endOf(attemptNumber: number): number {
    return this.startOf(attemptNumber) + secondsOf(this.#results[attemptNumber - 1] ?? null);
  }

  #ended(queuedSeconds: number, count: number): FaxAttempt[] {
    return this.#results.slice(0, count).map((result, index) => ({
      attempt_number: index + 1,
      started_at: iso(queuedSeconds + this.startOf(index + 1)),
      completed_at: iso(queuedSeconds + this.#endOf(index + 1)),
      duration_ms: secondsOf(result) * 1000,
      ...errorMembers(result),
    }));
  }
}

/** The fields of a submission that sets only `to`, with a random id and idempotency key. */
export function faxConstants(to: string | null): FaxConstants {
  return {
    id: randomId("fax_"),
    to,
    max_attempts: 3,
    webhook_url: null,
    idempotency_key: crypto.randomUUID(),
    tags: { order: "1042" },
    csid: null,
    page_size: "letter",
    resolution: "standard",
    optimize_for: "text",
  };
}

/** The duration of an attempt, from mintfax's samples where one ends so. */
function secondsOf(result: FaxErrorCode | null): number {
  if (result === null) return 45;
  return afterFailure(result) === "gives up" ? 30 : 40;
}

/** ISO 8601 without fractions of a second, as in mintfax's samples. */
function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
