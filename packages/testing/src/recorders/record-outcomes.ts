import type { Outcome, OutcomeRecord } from "@mintfax-webhooks/core";
import { Recording, type WaitOptions } from "./recording.ts";

/** Remembers what became of every delivery. */
export interface OutcomeRecorder {
  /** The receiver's option of that name. */
  readonly onOutcome: (record: OutcomeRecord) => void;
  /** In the order in which the deliveries were answered. */
  readonly records: readonly OutcomeRecord[];
  /** Their outcomes alone. */
  readonly outcomes: readonly Outcome[];
  /** Those with one outcome. */
  of(outcome: Outcome): OutcomeRecord[];
  /**
   * The first record with an outcome, or the first for which a predicate holds, seen already or to come.
   *
   * @throws {NotSeenError} where none comes in time
   */
  waitFor(
    wanted: Outcome | ((record: OutcomeRecord) => boolean),
    options?: WaitOptions,
  ): Promise<OutcomeRecord>;
}

/**
 * Tells what became of each delivery, whatever handlers there are: yours are watched, not replaced.
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
  // An array that grows, not a getter: it has to stay true for whoever takes the recorder apart.
  const outcomes: Outcome[] = [];
  return {
    onOutcome(record) {
      outcomes.push(record.outcome);
      recording.add(record);
    },
    records: recording.items,
    outcomes,
    of: (outcome) => recording.items.filter((record) => record.outcome === outcome),
    waitFor(wanted, options) {
      const matches =
        typeof wanted === "function" ? wanted : ({ outcome }: OutcomeRecord) => outcome === wanted;
      const name = typeof wanted === "function" ? "A record that matches" : wanted;
      return recording.waitFor(matches, name, options);
    },
  };
}
