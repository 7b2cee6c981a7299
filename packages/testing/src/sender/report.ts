/** What became of one attempt. Exactly one of `status` and `error` is null. */
export interface Attempt {
  /** Counts from 1, over scheduled and manual attempts of an event alike. */
  readonly number: number;
  /** What the receiver answered; null where no answer came. */
  readonly status: number | null;
  /**
   * The first 4096 bytes of the answer, which is what mintfax's dashboard shows; null where no answer came.
   */
  readonly body: string | null;
  /** Why no answer came: what broke on the network, or the time limit. */
  readonly error: string | null;
  /** By the sender's clock. */
  readonly startedMs: number;
  readonly durationMs: number;
  /** Whether this was a "Retry now", beside the schedule. */
  readonly manual: boolean;
}

/** What became of an event. */
export interface DeliveryReport {
  /** `webhook-id` of all attempts. */
  readonly id: string;
  /** Whether any attempt was answered with 2xx. */
  readonly accepted: boolean;
  /** In the order in which they were started. */
  readonly attempts: readonly Attempt[];
}

/** mintfax counts any 2xx as a success, and everything else as a failure. Of redirects it says nothing: no success here. */
export function isAccepted({ status }: Pick<Attempt, "status">): boolean {
  return status !== null && status >= 200 && status <= 299;
}
