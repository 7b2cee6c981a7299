import type { Outcome, OutcomeRecord } from "@mintfax-webhooks/core";
import { Recording, type WaitOptions } from "./recording.ts";

/** Records the outcome of every delivery. */
export interface OutcomeRecorder {
  /** Pass it to the receiver as its option `onOutcome`. */
  readonly onOutcome: (record: OutcomeRecord) => void;
  /** In the order in which the deliveries were answered. */
  readonly records: readonly OutcomeRecord[];
  /** The outcomes of the records. */
  readonly outcomes: readonly Outcome[];
  /** The records with one outcome. */
  of(outcome: Outcome): OutcomeRecord[];
  /**
   * The first record with an outcome, or for which a predicate holds, past or future.
   *
   * @throws {NotSeenError} where no such record comes in time
   */
  waitFor(
    wanted: Outcome | ((record: OutcomeRecord) => boolean),
    options?: WaitOptions,
  ): Promise<OutcomeRecord>;
}

/**
 * Records the outcome of each delivery. Your own handlers keep running.
 *
 * @example
 * ```ts
 * const { onOutcome, outcomes } = recordOutcomes();
 * const app = createApp({ onOutcome }); // your own, which passes it on to mintfaxWebhooks()
 * const sender = createTestSender({ secret, to: nodeServer(app) });
 * await sender.attempt(event);
 * await sender.attempt(event);
 * expect(outcomes).toEqual(["processed", "duplicate"]);
 * ```
 */
export function recordOutcomes(): OutcomeRecorder {
  const recording = new Recording<OutcomeRecord>(({ outcome, type, code }) =>
    [outcome, type, code].filter((part) => part !== undefined).join(" "),
  );
  // An array that grows, not a getter, so that it stays current after destructuring.
  const outcomes: Outcome[] = [];
  return {
    onOutcome(record) {
      outcomes.push(record.outcome);
      recording.add(record);
    },
    records: recording.items,
    outcomes,
    of: (outcome) => recording.items.filter((record) => record.outcome === outcome),
    waitFor: (wanted, options) => recording.waitFor(wanted, ({ outcome }) => outcome, options),
  };
}
