/** The clock of a sender: real time, a {@link createManualClock manual clock}, or your own. */
export interface SenderClock {
  /** Milliseconds since 1970. Deliveries are stamped with it. */
  nowMs(): number;
  /**
   * Resolves after `ms` milliseconds; rejects with `signal.reason` as soon as the signal aborts. The sender
   * passes a signal for the time limit of an attempt, and none for the wait between two attempts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
