import type {
  EventOf,
  Fax,
  FaxEvent,
  FaxQueuedEvent,
  FaxSendingEvent,
  MintfaxEventType,
} from "@mintfax-webhooks/core";
import { checkGiven } from "../given.ts";
import { randomId } from "../random-id.ts";
import { type FaxLifeOptions, OPTION_NAMES, type OutcomeOf } from "./fax-life-options.ts";
import { planOf } from "./plan.ts";
import type { FaxOutcome } from "./sandbox.ts";
import { FaxStory, faxConstants } from "./story.ts";

/** All events of one fax. */
export interface FaxLife<Outcome extends FaxOutcome = FaxOutcome> {
  /** The fax's id, which every event has. */
  readonly faxId: string;
  /** All events, in the order in which they happened. */
  readonly events: readonly FaxEvent[];
  readonly queued: FaxQueuedEvent;
  /** One for each attempt. */
  readonly sending: readonly [FaxSendingEvent, ...FaxSendingEvent[]];
  /** The last event: `fax.delivered` or `fax.failed`. */
  readonly terminal: EventOf<`fax.${Outcome}`>;
}

/**
 * Makes all events of a fax's life: `fax.queued`, a `fax.sending` for each attempt, and `fax.delivered` or `fax.failed`.
 * Their ids, statuses, times and histories of attempts fit together.
 *
 * @throws {FaxLifeError} `options_contradict` for a life that mintfax would not send, such as a second attempt after
 *   `invalid_number`; `option_out_of_bounds`; `no_events` for the sandbox numbers that the API refuses
 *   (`"+15005550006"`, `"+15005550099"`), since they have no events
 * @throws {ConfigurationError} for an option that does not exist
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
  checkGiven(options, OPTION_NAMES, "faxLife()");
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
