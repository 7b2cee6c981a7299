import { createHmac } from "node:crypto";
import type { Level } from "../result.ts";
import { type Draft, type DraftGroup, eventText, Genuine, type Setting } from "./draft.ts";
import { type VectorRequest, withHeader } from "./request.ts";
import { macOf } from "./signing.ts";

const UNSIGNED = "Every person who knows the URL could report a fax as delivered.";
const LENIENT = "A lenient reader of signatures is where forgeries get in.";
const REPLAY = "A captured request could be sent again for ever.";

function refused(
  id: string,
  title: string,
  why: string,
  request: (setting: Setting) => VectorRequest,
  level: Level = "must",
): Draft {
  return { id, title, accepted: false, level, why, request };
}

/** The genuine delivery with another value of its signature header. */
function signed(
  id: string,
  title: string,
  why: string,
  signature: (genuine: Genuine, setting: Setting) => string,
  level: Level = "must",
): Draft {
  const request = (setting: Setting): VectorRequest => {
    const genuine = new Genuine(setting);
    return genuine.request(signature(genuine, setting));
  };
  return refused(id, title, why, request, level);
}

const headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].flatMap((name) => [
  refused(`without_${name.slice(8)}`, `refuses a delivery without ${name}`, UNSIGNED, (setting) =>
    withHeader(new Genuine(setting).request(), name, undefined),
  ),
  refused(`empty_${name.slice(8)}`, `refuses an empty ${name}`, UNSIGNED, (setting) =>
    withHeader(new Genuine(setting).request(), name, ""),
  ),
]);

const changed = [
  refused("body_changed", "refuses a body that was changed", UNSIGNED, (setting) => {
    const request = new Genuine(setting).request();
    return {
      ...request,
      body: Buffer.from(Buffer.from(request.body).toString().replace('"pages":1', '"pages":2')),
    };
  }),
  refused("body_extended", "refuses a body with a space behind it", UNSIGNED, (setting) => {
    const request = new Genuine(setting).request();
    return { ...request, body: Buffer.concat([request.body, Buffer.from(" ")]) };
  }),
  refused("body_empty", "refuses an empty body under the signature of another", UNSIGNED, (setting) => ({
    ...new Genuine(setting).request(),
    body: new Uint8Array(),
  })),
  refused(
    "id_changed",
    "refuses another webhook-id than the signed one",
    "A copy under another id would be processed again.",
    (setting) => {
      const request = new Genuine(setting).request();
      return withHeader(request, "webhook-id", setting.newId());
    },
  ),
  refused("timestamp_changed", "refuses another webhook-timestamp than the signed one", REPLAY, (setting) => {
    const request = new Genuine(setting, { at: setting.nowSeconds - 60 }).request();
    return withHeader(request, "webhook-timestamp", String(setting.nowSeconds));
  }),
];

const keys = [
  signed(
    "other_key",
    "refuses a signature by another key",
    UNSIGNED,
    ({ id, timestamp, body }) => `v1,${macOf(Buffer.alloc(24, 7), id, timestamp, body)}`,
  ),
  signed(
    "empty_key",
    "refuses a signature by an empty key",
    "A receiver whose secret is not set would verify with it.",
    ({ id, timestamp, body }) => `v1,${macOf(Buffer.alloc(0), id, timestamp, body)}`,
  ),
  signed(
    "undefined_key",
    'refuses a signature by the text "undefined" as the key',
    "A receiver whose secret is not set may verify with it.",
    ({ id, timestamp, body }) => `v1,${macOf(Buffer.from("undefined"), id, timestamp, body)}`,
  ),
  signed(
    "secret_as_text",
    "refuses a signature by the secret's text, not decoded",
    "Standard Webhooks takes the bytes behind whsec_, decoded from base64.",
    ({ id, timestamp, body }, { secret }) => `v1,${macOf(Buffer.from(secret), id, timestamp, body)}`,
  ),
  signed(
    "body_alone",
    "refuses a signature over the body alone",
    REPLAY,
    ({ key, body }) => `v1,${createHmac("sha256", key).update(body).digest("base64")}`,
  ),
];

const tokens: readonly Draft[] = [
  signed("no_version", "refuses a signature without its version", LENIENT, ({ mac }) => mac, "should"),
  signed(
    "version_2",
    "refuses the right code under another version",
    LENIENT,
    ({ mac }) => `v2,${mac}`,
    "should",
  ),
  signed(
    "hex",
    "refuses a signature in hexadecimal",
    LENIENT,
    ({ mac }) => `v1,${Buffer.from(mac, "base64").toString("hex")}`,
    "should",
  ),
  signed("half", "refuses half of the signature", LENIENT, ({ mac }) => `v1,${mac.slice(0, 22)}`),
  signed("prefix_only", "refuses a version without a signature", LENIENT, () => "v1,"),
  signed(
    "garbage_behind",
    "refuses a signature with text behind it",
    LENIENT,
    ({ mac }) => `v1,${mac}A`,
    "should",
  ),
  signed(
    "space_instead",
    "refuses a space in place of the comma",
    LENIENT,
    ({ mac }) => `v1 ${mac}`,
    "should",
  ),
  signed(
    "many_tokens",
    "refuses 200 forged tokens",
    "Each token costs a comparison: a stranger decides how many.",
    () => Array.from({ length: 200 }, (_, index) => `v1,${String(index).padStart(43, "A")}=`).join(" "),
  ),
];

const times: readonly Draft[] = [
  ...(
    [
      // Standard Webhooks leaves the tolerance to the receiver. Its libraries have 300 s.
      ["old", -600, "should"],
      ["hour_old", -3_600, "must"],
      ["ahead", 600, "should"],
      ["day_ahead", 86_400, "must"],
    ] as const
  ).map(([id, seconds, level]) =>
    refused(
      `time_${id}`,
      `refuses a timestamp ${Math.abs(seconds)} s ${seconds < 0 ? "old" : "ahead"}`,
      REPLAY,
      (setting) => new Genuine(setting, { at: setting.nowSeconds + seconds }).request(),
      level,
    ),
  ),
  ...(
    [
      ["text", "that is a text", () => "soon"],
      ["nan", "of NaN", () => "NaN"],
      ["infinity", "of Infinity", () => "Infinity"],
      ["negative", "below zero", (now: number) => `-${now}`],
      ["milliseconds", "in milliseconds", (now: number) => `${now}000`],
      ["exponent", "with an exponent", (now: number) => `${now}e0`],
      ["date", "as a date", (now: number) => new Date(now * 1000).toISOString()],
    ] as const
  ).map(([id, words, at]) =>
    refused(
      `time_${id}`,
      `refuses a timestamp ${words}`,
      "A comparison with NaN is false, so a check may let it pass.",
      (setting) => new Genuine(setting, { at: at(setting.nowSeconds) }).request(),
      "should",
    ),
  ),
];

const bodies: readonly Draft[] = [
  ...(
    [
      ["no_json", "that is not JSON", () => "fax.delivered"],
      ["json_null", "of null", () => "null"],
      ["json_array", "of an array", (id: string, now: number) => `[${eventText(id, now)}]`],
      [
        "no_data",
        "without data",
        (id: string, now: number) => JSON.stringify({ id, type: "fax.delivered", created: now }),
      ],
      [
        "invalid_utf8",
        "that is not UTF-8",
        (id: string, now: number) =>
          Buffer.concat([
            Buffer.from(eventText(id, now).slice(0, -1)),
            Buffer.from(',"x":"\xff"}', "latin1"),
          ]),
      ],
    ] as const
  ).map(([id, words, body]) =>
    refused(
      `body_${id}`,
      `refuses a signed body ${words}`,
      "mintfax shows a refused attempt on its dashboard. Answered with 2xx, the event is lost without a sign.",
      (setting) => new Genuine(setting, { body: (eventId) => body(eventId, setting.nowSeconds) }).request(),
      "should",
    ),
  ),
  refused(
    "id_repeated",
    "refuses two different webhook-id headers",
    "A proxy and a server may each take another one.",
    (setting) => {
      const request = new Genuine(setting).request();
      return { ...request, headers: [...request.headers, ["webhook-id", setting.newId()]] };
    },
    "should",
  ),
];

const methods = ["GET", "PUT"].map((method) =>
  refused(
    `method_${method.toLowerCase()}`,
    `does not process a ${method}`,
    "mintfax sends POST.",
    (setting) => ({
      ...new Genuine(setting).request(),
      method,
      ...(method === "GET" ? { body: new Uint8Array() } : {}),
    }),
    "should",
  ),
);

export const FORGED: DraftGroup = {
  id: "forged",
  title: "What mintfax did not send is refused",
  drafts: [...headers, ...changed, ...keys, ...tokens, ...times, ...bodies, ...methods],
};
