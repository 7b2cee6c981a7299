import type {
  EventOf,
  Fax,
  FaxEvent,
  FaxQueuedEvent,
  FaxSendingEvent,
  MintfaxEventType,
} from "@mintfax-webhooks/core";
import { randomId } from "../random-id.ts";
import type { FaxLifeOptions, OutcomeOf } from "./fax-life-options.ts";
import { planOf } from "./plan.ts";
import type { FaxOutcome } from "./sandbox.ts";
import { FaxStory, faxConstants } from "./story.ts";

/** Everything mintfax tells about one fax. */
export interface FaxLife<Outcome extends FaxOutcome = FaxOutcome> {
  /** The fax's id, which is in every event. */
  readonly faxId: string;
  /** All of them, in the order in which they happened. */
  readonly events: readonly FaxEvent[];
  readonly queued: FaxQueuedEvent;
  /** One for each attempt. */
  readonly sending: readonly [FaxSendingEvent, ...FaxSendingEvent[]];
  /** The last one: `fax.delivered` or `fax.failed`. */
  readonly terminal: EventOf<`fax.${Outcome}`>;
}

/**
 * The whole life of a fax as mintfax would tell it: `fax.queued`, a `fax.sending` for each attempt, `fax.delivered` or
 * `fax.failed`. Ids, statuses, times and the history of attempts fit together over all of them.
 *
 * @throws {FaxLifeError} `options_contradict` for a life that mintfax would not send, such as a second attempt after
 *   `invalid_number`; `option_out_of_bounds`; `no_events` for the sandbox numbers that the API refuses
 *   (`"+15005550006"`, `"+15005550099"`), since there is no fax then
 *
 * @example
 * ```ts
 * const { events, terminal } = faxLife({ outcome: "failed", errorCode: "no_answer", tags: { order: "7" } });
 * for (const event of events) await sender.deliver(event);
 * expect(orders.get("7")).toEqual({ status: "failed", at: terminal.data.object.completed_at });
 *
 * faxLife({ to: "+15005550004" }); // mintfax's sandbox: busy at first, delivered by the second attempt
 * ```
 */
export function faxLife<const Options extends FaxLifeOptions = Record<never, never>>(
  options?: Options,
): FaxLife<OutcomeOf<Options>>;
export function faxLife(options: FaxLifeOptions = {}): FaxLife {
  const { to, pages, maxAttempts, results } = planOf(options);
  const { tags = { order: "1042" } } = options;
  const constants = { ...faxConstants(to), ...options.fax, tags, max_attempts: maxAttempts };
  const story = new FaxStory(constants, pages, results);
  const { queuedAt = Math.floor(Date.now() / 1000) - story.end } = options;

  const queued = eventAt("fax.queued", queuedAt, story.queued(queuedAt)) as FaxQueuedEvent;
  const sending = results.map((_, index) => {
    const fax = story.sending(queuedAt, index + 1);
    return eventAt("fax.sending", queuedAt + story.startOf(index + 1), fax) as FaxSendingEvent;
  }) as [FaxSendingEvent, ...FaxSendingEvent[]];
  const last = story.ended(queuedAt);
  const terminal = eventAt(
    last.status === "delivered" ? "fax.delivered" : "fax.failed",
    queuedAt + story.end,
    last,
  ) as FaxLife["terminal"];
  return { faxId: constants.id, events: [queued, ...sending, terminal], queued, sending, terminal };
}

function eventAt(type: MintfaxEventType, created: number, object: Fax): unknown {
  return { id: randomId("evt_"), type, created, data: { object } };
}
