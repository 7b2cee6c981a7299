import { wrongKind } from "../given.ts";

/** The result of one attempt. Exactly one of `status` and `error` is null. */
export interface Attempt {
  /** Counts from 1, over the scheduled and manual attempts of an event. */
  readonly number: number;
  /** The receiver's status; null where no answer came. */
  readonly status: number | null;
  /**
   * The first 4096 bytes of the answer, which is what mintfax's dashboard shows; null where no answer came.
   */
  readonly body: string | null;
  /** Why no answer came: an error of the network, or the time limit. */
  readonly error: string | null;
  /** By the sender's clock. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** Whether this was a "Retry now", outside the schedule. */
  readonly manual: boolean;
}

/** The result of an event's attempts. */
export interface DeliveryReport {
  /** `webhook-id` of all attempts. */
  readonly id: string;
  /** Whether any attempt was answered with 2xx. */
  readonly accepted: boolean;
  /** In the order in which they were started. */
  readonly attempts: readonly Attempt[];
}

/**
 * Whether mintfax sends no more of the event: it counts any 2xx as a success, and everything else as a failure. It does not
 * document redirects, which count as failures here.
 *
 * @throws {TypeError} for a value without a `status`, such as a promise or a report
 *
 * @example
 * ```ts
 * const attempts = await Promise.all([sender.attempt(event), sender.attempt(event)]);
 * expect(attempts.some(isAccepted)).toBe(true);
 * ```
 */
export function isAccepted(attempt: Pick<Attempt, "status">): boolean {
  const status: unknown = attempt?.status;
  if (status !== null && typeof status !== "number") {
    throw wrongKind(attempt, "an attempt", "A report says whether one was accepted: report.accepted.");
  }
  return status !== null && status >= 200 && status <= 299;
}
