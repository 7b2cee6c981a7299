import { callUnawaited } from "../call-unawaited.ts";
import { withoutMessage } from "../error-text.ts";
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
 * Lets telemetry run work. The work runs once, and its answer counts, even if telemetry throws, rejects or does not start it.
 *
 * @param follow calls telemetry with what starts the work
 * @param work is handed what to call with the record, and what telemetry has started it with
 */
export function followed<Answer, Outcome, Given = never>(
  follow: (start: (given?: Given) => Promise<Outcome>) => unknown,
  work: (report: (record: Outcome) => void, given?: Given) => Promise<Answer>,
): Promise<Answer> {
  let report!: (record: Outcome) => void;
  const outcome = new Promise<Outcome>((resolve) => {
    report = resolve;
  });
  let answer: Promise<Answer> | undefined;
  const run = (given?: Given): Promise<Answer> => {
    answer ??= work(report, given);
    return answer;
  };
  const start = (given?: Given): Promise<Outcome> => {
    void run(given);
    return outcome;
  };
  callUnawaited(follow, start, reportBroken);
  return run();
}

/** Tells telemetry what ended after its delivery was answered. */
export function tellLate(telemetry: Pick<Telemetry, "onLateOutcome">, record: LateOutcomeRecord): void {
  callUnawaited((late) => telemetry.onLateOutcome(late), record, reportBroken);
}

function reportBroken(error: unknown): void {
  print(`telemetry failed: ${withoutMessage(error)}.`);
}
