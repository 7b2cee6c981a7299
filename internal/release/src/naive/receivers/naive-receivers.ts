import { vectorFile } from "@mintfax-webhooks/certify";
import type { Findings, TriggerMode } from "../contract/findings.ts";
import { NEWER_SECRET } from "../contract/newer-secret.ts";
import type { Receiver } from "../contract/receiver.ts";
import { type Habits, naive } from "./naive.ts";
import { jsonOfExpress, textOfExpress, trimmed } from "./read-body.ts";
import { serve } from "./serve.ts";

const { vectors } = vectorFile();
const NOT_DEDUPLICATED = ["processing.copy", "processing.copies_at_once", "processing.copy_at_work"];
const GENUINE_TRIGGERS: readonly TriggerMode[] = [
  "fax.delivered",
  "balance.low",
  "a name beyond ASCII",
  "rotation",
  "--copies",
];

/** What a receiver without another mistake leaves out: a limit for bodies, and a look at how a number and an event are written. */
const LEFT_OUT = [
  "forged.time_exponent",
  "forged.body_json_null",
  "forged.body_json_array",
  "forged.body_no_data",
  "forged.body_invalid_utf8",
  "transport.oversized",
  "transport.stalled",
];
/** Express's parsers inflate, and refuse bodies over 100 KB. Decoded as text, what was invalid does not verify. */
const LEFT_OUT_BY_EXPRESS = [
  ...LEFT_OUT.filter((id) => id !== "forged.body_invalid_utf8"),
  "transport.compressed",
  "transport.large",
];

function receiver(name: string, habits: Habits, expected: Partial<Findings>): Receiver {
  return {
    name,
    start: (secret) => serve(naive(secret, habits)),
    expected: { trigger: [], simulate: [], certify: [], advised: LEFT_OUT, ...expected },
  };
}

/** Ids of checks that are one request and its answer. */
function vectorIds(group: "genuine" | "forged", level: "must" | "should"): string[] {
  return vectors
    .filter((vector) => vector.id.startsWith(group) && vector.level === level)
    .map(({ id }) => id);
}

/** Receivers that people write, each with a mistake of its own. Those that are careful have none. */
export const NAIVE_RECEIVERS: readonly Receiver[] = [
  receiver("careful", {}, {}),
  // Standard Webhooks leaves both to the receiver.
  receiver(
    "careful, allows 60 s, answers 423 to a copy at work",
    { toleranceSeconds: 60, busyWith: 423 },
    { advised: [...LEFT_OUT, "genuine.clock_behind", "genuine.clock_ahead"] },
  ),
  receiver("careful, accepts events into a queue, refuses with 401", { queues: true, refusesWith: 401 }, {}),
  receiver(
    "handles one request at a time",
    { oneAtATime: true },
    { advised: [...LEFT_OUT, "transport.beside_stalled"] },
  ),
  receiver(
    "verifies JSON.stringify(req.body)",
    { read: jsonOfExpress },
    {
      trigger: GENUINE_TRIGGERS,
      simulate: ["faxes", "rotation"],
      certify: [
        "genuine.fax_queued",
        "genuine.fax_sending",
        "genuine.fax_delivered",
        "genuine.fax_failed",
        "genuine.balance_low",
        "genuine.balance_topup",
        "genuine.form_spaces",
        "genuine.form_lines",
        "genuine.form_escapes",
        "genuine.form_decimals",
        "genuine.integer_keys",
        "genuine.line_ends",
        "forged.body_extended",
      ],
      advised: LEFT_OUT_BY_EXPRESS.filter((id) => id !== "forged.body_json_null"),
    },
  ),
  receiver(
    "reads the body by express.text() as Latin-1",
    { read: textOfExpress("latin1") },
    { trigger: ["a name beyond ASCII"], certify: ["genuine.utf8"], advised: LEFT_OUT_BY_EXPRESS },
  ),
  // Nothing that mintfax sends is lost by it.
  receiver(
    "reads the body by express.text() as UTF-8",
    { read: textOfExpress("utf-8") },
    { advised: LEFT_OUT_BY_EXPRESS },
  ),
  receiver(
    "trims the body",
    { read: trimmed },
    {
      certify: ["genuine.line_ends", "forged.body_extended"],
      advised: LEFT_OUT.filter((id) => id !== "forged.body_invalid_utf8"),
    },
  ),
  receiver(
    "looks at the first token only",
    { tokens: (header) => header.split(" ").slice(0, 1) },
    {
      trigger: ["rotation"],
      simulate: ["rotation"],
      certify: ["genuine.rotation_second", "genuine.other_version"],
    },
  ),
  receiver(
    "compares the whole header",
    { tokens: (header) => [header] },
    {
      trigger: ["rotation"],
      simulate: ["rotation"],
      certify: ["genuine.rotation_second", "genuine.rotation_first", "genuine.other_version"],
    },
  ),
  {
    name: "verifies with the newest secret only",
    start: () => serve(naive(NEWER_SECRET, {})),
    expected: {
      trigger: GENUINE_TRIGGERS.filter((mode) => mode !== "rotation"),
      simulate: ["faxes"],
      certify: [
        ...vectorIds("genuine", "must"),
        ...["in_pieces", "usual_size", "keep_alive", "bomb", "deep_json"].map((id) => `transport.${id}`),
        ...["copy", "copies_at_once", "forgery_first", "failure", "copy_at_work", "failure_at_work"].map(
          (id) => `processing.${id}`,
        ),
      ],
      advised: [
        ...vectorIds("genuine", "should"),
        ...["chunked", "expect_continue", "large", "pipelined", "oversized", "beside_stalled", "stalled"].map(
          (id) => `transport.${id}`,
        ),
        "processing.ids_in_case",
      ],
    },
  },
  receiver(
    "looks headers up in one case",
    { headers: "as mintfax writes them" },
    { certify: ["genuine.header_case"], advised: [...LEFT_OUT, "forged.id_repeated"] },
  ),
  receiver(
    "does not check the time",
    { toleranceSeconds: Number.POSITIVE_INFINITY },
    {
      trigger: ["--stale"],
      certify: ["forged.time_hour_old", "forged.time_day_ahead"],
      advised: [
        ...LEFT_OUT,
        ...["old", "ahead", "text", "nan", "infinity", "negative", "milliseconds", "date"].map(
          (form) => `forged.time_${form}`,
        ),
      ],
    },
  ),
  receiver(
    "answers 200 to what it refuses",
    { refusesWith: 200 },
    {
      trigger: ["--forge", "--stale", "--tamper"],
      certify: [
        ...vectorIds("forged", "must"),
        "transport.bomb",
        "transport.deep_json",
        "processing.forgery_first",
      ],
      advised: [
        ...vectorIds("forged", "should").filter((id) => id !== "forged.body_no_json"),
        "transport.pipelined",
        "transport.compressed",
        "transport.oversized",
        "transport.stalled",
      ],
    },
  ),
  receiver(
    "tells the right signature in its refusals",
    { tellsSignature: true },
    { certify: ["answers.signature"] },
  ),
  receiver(
    "answers 500 to types it does not know",
    { unknownTypeStatus: 500 },
    {
      trigger: ["balance.low"],
      simulate: ["faxes", "rotation"],
      certify: [
        "genuine.fax_queued",
        "genuine.fax_sending",
        "genuine.balance_low",
        "genuine.balance_topup",
        "genuine.unknown_type",
      ],
      advised: LEFT_OUT.filter((id) => !id.startsWith("forged.body_json")),
    },
  ),
  receiver(
    "answers 200 before the work",
    { answersFirst: true },
    { certify: ["processing.failure", "processing.failure_at_work"] },
  ),
  receiver(
    "marks an event as done before the work",
    { dedup: "before the work" },
    { certify: ["processing.failure", "processing.failure_at_work"] },
  ),
  receiver(
    "marks an event as done after the work",
    { dedup: "after the work" },
    { certify: ["processing.copy_at_work"] },
  ),
  receiver("does not deduplicate", { dedup: "none" }, { certify: NOT_DEDUPLICATED }),
  receiver(
    "takes deliveries for copies by their signature",
    { keyOf: ({ signature }) => signature },
    { certify: NOT_DEDUPLICATED },
  ),
  receiver(
    "takes deliveries for copies by their id without case",
    { keyOf: ({ id }) => id.toLowerCase() },
    { advised: [...LEFT_OUT, "processing.ids_in_case"] },
  ),
];
