import { type Attempt, attemptFrom } from "./attempt.ts";
import { Order } from "./order.ts";
import { type PageSetting, pagesOf } from "./pages.ts";

/** What the reading of attempts needs. */
export interface AttemptSetting extends PageSetting {
  readonly endpoint: string;
  /** Called for each entry that is not an attempt. */
  onNotUnderstood(): void;
}

/**
 * Reads an endpoint's attempts of one outcome, page by page.
 *
 * @param backToMs older ones are not wanted; some may be among those that are given
 */
export async function* attemptsOf(
  outcome: "failed" | "succeeded",
  backToMs: number,
  setting: AttemptSetting,
): AsyncGenerator<readonly Attempt[]> {
  const { endpoint, notes, onNotUnderstood } = setting;
  const query = { status: outcome, endpoint };
  const order = new Order();
  for await (const entries of pagesOf({ list: outcome, path: "/webhooks/attempts", query }, setting)) {
    const attempts: Attempt[] = [];
    const timesMs: (number | undefined)[] = [];
    for (const entry of entries) {
      const attempt = attemptFrom(entry);
      timesMs.push(attempt?.endedMs);
      if (attempt === undefined) {
        onNotUnderstood();
        notes.add(
          "attempt_not_understood",
          `An entry of the list of ${outcome} has no id or no event_id; it was left out.`,
        );
      } else if (attempt.endpoint !== undefined && attempt.endpoint !== endpoint) {
        notes.add(
          "other_endpoint",
          "mintfax listed attempts of another endpoint than was asked for; they were left out.",
        );
      } else if ((attempt.outcome ?? outcome) === outcome) {
        attempts.push(attempt);
      }
    }
    yield attempts;
    if (order.isPast(timesMs, backToMs)) return;
    if (!order.isNewestFirst) {
      notes.add(
        "order_unexpected",
        `The list of ${outcome} is not sorted from the newest; all of it is read.`,
      );
    }
  }
}
