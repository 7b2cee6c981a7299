import type { Graph } from "./panel.ts";
import { gauge, inSeconds, perMinute, quantiles } from "./queries.ts";

/** Panels below a heading. */
export interface Row {
  readonly title: string;
  readonly graphs: readonly Graph[];
}

const DELIVERIES = "mintfax_webhook_deliveries";
const LATE = "mintfax_webhook_late_outcomes";
/** Of deliveries; a worker's have the name of its engine there. */
const DELIVERED = 'messaging_system="mintfax"';
const WORKED = 'messaging_system!="mintfax"';
const STORE_ERRORS =
  'mintfax_webhook_code=~"(store|queue|secret|complete)_(unavailable|misconfigured)|lease_lost"';
/** `deadlineMs`, by default. */
const DEADLINE_SECONDS = 25;
/** mintfax's third attempt. */
const THIRD_ATTEMPT_SECONDS = 110;

const deliveries: Row = {
  title: "Deliveries",
  graphs: [
    {
      title: "Deliveries by outcome",
      description: "Each delivery has one outcome. Strangers can cause any number of refused ones.",
      unit: "cpm",
      isStacked: true,
      queries: [perMinute(DELIVERIES, "mintfax_webhook_outcome")],
    },
    {
      title: "Codes",
      description: "Why deliveries were not simply processed.",
      unit: "cpm",
      queries: [perMinute(DELIVERIES, "mintfax_webhook_code", 'mintfax_webhook_code!=""')],
    },
    {
      title: "Handler time",
      description:
        "From the start of a handler to its end. The red line is the deadline (deadlineMs), 25 s by default.",
      unit: "s",
      limit: DEADLINE_SECONDS,
      queries: quantiles("mintfax_webhook_handler_duration", [0.5, 0.95, 0.99]),
    },
    {
      title: "Time to answer",
      description: "From the arrival of a delivery to its answer. mintfax waits for 30 s.",
      unit: "s",
      queries: quantiles("messaging_process_duration", [0.5, 0.95, 0.99], DELIVERED),
    },
    {
      title: "Lag",
      description:
        "From an event's creation at mintfax until it was processed, by the receiver (mintfax) or by a worker of a queue. The red line is mintfax's third attempt.",
      unit: "s",
      limit: THIRD_ATTEMPT_SECONDS,
      queries: quantiles("mintfax_webhook_event_age", [0.5, 0.95], "", "messaging_system"),
    },
    {
      title: "In flight, on average",
      description: "Seconds that deliveries took, for each second: so many were being answered at once.",
      unit: "short",
      queries: [
        {
          expr: `sum(rate(${inSeconds("messaging_process_duration", "_sum", DELIVERED)}[$__rate_interval]))`,
          legend: "deliveries",
        },
      ],
    },
    {
      title: "Store errors",
      description:
        "Deliveries for which the store, the queue or the secret could not be had, or a claim was lost. The receiver's log names the cause.",
      unit: "cpm",
      queries: [perMinute(DELIVERIES, "mintfax_webhook_code", STORE_ERRORS)],
    },
    {
      title: "Ended after the answer",
      description:
        "Handlers past their deadline, work of waitUntil, and completions that the store recorded late or not.",
      unit: "cpm",
      queries: [
        {
          ...perMinute(LATE, "mintfax_webhook_outcome, mintfax_webhook_code"),
          legend: "{{mintfax_webhook_outcome}} {{mintfax_webhook_code}}",
        },
      ],
    },
    {
      title: "Secrets in use",
      description: "By place in the list, from 0, the newest. When only 0 still occurs, drop the others.",
      unit: "cpm",
      queries: [perMinute(DELIVERIES, "mintfax_webhook_secret_index", 'mintfax_webhook_secret_index!=""')],
    },
  ],
};

const handOff: Row = {
  title: "Hand-off to a queue",
  graphs: [
    {
      title: "Events handed off, by result",
      description:
        "queued: stored; known: the queue had the event already; failed: mintfax was answered with 503.",
      unit: "cpm",
      isStacked: true,
      queries: [perMinute("mintfax_queue_enqueued", "mintfax_queue_result")],
    },
    {
      title: "Attempts of workers, by action",
      description: "finish: done; retry: the engine tries again; park: a person decides.",
      unit: "cpm",
      isStacked: true,
      queries: [perMinute("mintfax_queue_attempts", "mintfax_queue_action")],
    },
    {
      title: "Wait for a worker",
      description: "From the hand-off to the start of the first attempt.",
      unit: "s",
      queries: quantiles("mintfax_queue_wait", [0.5, 0.95], 'mintfax_queue_is_retry="false"'),
    },
    {
      title: "Time of an attempt",
      description: "From the start of a worker's attempt to its end.",
      unit: "s",
      queries: quantiles("messaging_process_duration", [0.5, 0.95], WORKED),
    },
    {
      title: "Time to store an event",
      description: "How long the queue took to acknowledge it. mintfax waits meanwhile.",
      unit: "s",
      queries: quantiles("messaging_client_operation_duration", [0.5, 0.95]),
    },
    {
      title: "Parked",
      description:
        "Not tried again by themselves, since the processes started. To see them: mintfax-webhooks parked list.",
      unit: "short",
      queries: [
        {
          expr: 'sum by (messaging_destination_name) (mintfax_queue_parked_total{job=~"$job"})',
          legend: "{{messaging_destination_name}}",
        },
      ],
    },
  ],
};

const neverArrived: Row = {
  title: "What never arrived",
  graphs: [
    {
      title: "Faxes without a final event",
      description: "owed: those whose time has passed. To see them: mintfax-webhooks watch.",
      unit: "short",
      queries: [gauge("mintfax_fax_watch_expected", "expected"), gauge("mintfax_fax_watch_owed", "owed")],
    },
    {
      title: "Age of what is owed",
      description: "For how long the oldest fax has been owed, and since when no final event has come.",
      unit: "s",
      queries: [
        gauge("mintfax_fax_watch_oldest_owed", "oldest owed", "_seconds"),
        gauge("mintfax_fax_watch_last_event_age", "last final event", "_seconds"),
      ],
    },
    {
      title: "The watch can be read",
      description: "1 where the database of the fax watch answered.",
      unit: "short",
      queries: [gauge("mintfax_fax_watch_readable", "readable", "_ratio")],
    },
    {
      title: "Runs of catch-up, by result",
      description:
        "owes: an event or a fax is still missing; incomplete: a list of mintfax's could not be read to its end.",
      unit: "cpm",
      isStacked: true,
      queries: [perMinute("mintfax_catch_up_runs", "mintfax_catch_up_result")],
    },
    {
      title: "Repaired by catch-up",
      description:
        "Events that mintfax's four attempts did not get through. They are processed; find out what was down.",
      unit: "cpm",
      queries: [perMinute("mintfax_catch_up_repaired", "mintfax_namespace")],
    },
  ],
};

/** From the top. */
export const ROWS: readonly Row[] = [deliveries, handOff, neverArrived];
