import { callUnawaited } from "../call-unawaited.ts";
import { withoutMessage } from "../error-text.ts";
import type { Answer } from "../incoming.ts";
import { print } from "../print.ts";
import type { LateOutcomeRecord, OutcomeRecord } from "./record.ts";

/**
 * Follows deliveries from beginning to end, as tracing has to: `@mintfax-webhooks/opentelemetry` makes one. It may
 * throw, reject or forget to call `deliver`, and neither the work nor the answer changes.
 */
export interface Telemetry {
  /**
   * Called when a delivery has arrived, before anything is known of it.
   *
   * @param deliver does the work, handler included, in the asynchronous context that it is called in. Call it once,
   *   before returning. Its promise never rejects; it resolves before the answer is sent, with what the hook is told
   */
  onDelivery(deliver: () => Promise<OutcomeRecord>): unknown;
  /** Called for work that ends after its delivery was answered, in the context of that delivery. */
  onLateOutcome(record: LateOutcomeRecord): unknown;
}

/**
 * Lets telemetry run the work on a delivery. The work runs once, and its answer counts, even if telemetry throws, rejects or does not call it.
 *
 * @param work starts the work; it is handed what to call with the record
 */
export function followed(
  telemetry: Telemetry,
  work: (report: (record: OutcomeRecord) => void) => Promise<Answer>,
): Promise<Answer> {
  let report!: (record: OutcomeRecord) => void;
  const outcome = new Promise<OutcomeRecord>((resolve) => {
    report = resolve;
  });
  let answer: Promise<Answer> | undefined;
  const run = (): Promise<Answer> => {
    answer ??= work(report);
    return answer;
  };
  const deliver = (): Promise<OutcomeRecord> => {
    void run();
    return outcome;
  };
  callUnawaited((begin) => telemetry.onDelivery(begin), deliver, reportBroken);
  return run();
}

/** Tells telemetry what ended after its delivery was answered. */
export function tellLate(telemetry: Telemetry, record: LateOutcomeRecord): void {
  callUnawaited((late) => telemetry.onLateOutcome(late), record, reportBroken);
}

function reportBroken(error: unknown): void {
  print(`telemetry failed: ${withoutMessage(error)}.`);
}
