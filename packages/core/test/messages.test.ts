import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { macOf } from "conformance/hostile";
import { gate } from "test-support/gate";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { expect, test } from "vitest";

/**
 * What the person at mintfax's dashboard reads: what came, what was expected, and where to look. Codes are tested
 * elsewhere; a code without its message does not lead to the cause.
 */
const EVENT = eventFixture("fax.delivered");
const ENVELOPE = "Expected {id, type, created, data: {object}}";

interface Fault {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds by which the timestamp is off. */
  readonly lateSeconds?: number;
  /** Authentic, valid or not. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const without = (...path: string[]): string => {
  const copy = structuredClone(EVENT) as unknown as Record<string, unknown>;
  let inside = copy;
  for (const name of path.slice(0, -1)) inside = inside[name] as Record<string, unknown>;
  delete inside[path.at(-1) ?? ""];
  return JSON.stringify(copy);
};

type Said = [name: string, fault: Fault, code: string, ...parts: (string | RegExp)[]];

const SAID: readonly Said[] = [
  ["another method", { method: "PUT" }, "method_not_allowed", "This is a PUT request", "delivered by POST"],
  ["no id", { headers: { "webhook-id": "" } }, "header_missing", "webhook-id header is missing", "proxy"],
  [
    "no timestamp",
    { headers: { "webhook-timestamp": "" } },
    "header_missing",
    "webhook-timestamp header is missing",
  ],
  [
    "no signature",
    { headers: { "webhook-signature": "" } },
    "header_missing",
    "webhook-signature header is missing",
  ],
  [
    "an id twice",
    { headers: { "webhook-id": "evt_1, evt_1" } },
    "header_repeated",
    "webhook-id header came more than once",
    "expected exactly one",
  ],
  [
    "an id with a blank",
    { headers: { "webhook-id": "evt 1" } },
    "id_malformed",
    "webhook-id (5 characters) is malformed",
    "expected 1 to 256 visible ASCII characters without a dot",
  ],
  [
    "a timestamp in words",
    { headers: { "webhook-timestamp": "yesterday" } },
    "timestamp_malformed",
    "webhook-timestamp is not a plain decimal number of Unix seconds",
  ],
  [
    "an old timestamp",
    { lateSeconds: 400 },
    "timestamp_too_old",
    /webhook-timestamp is 40[0-2] s behind this server's clock; 300 s are allowed/,
    "either this server's clock is wrong or an old delivery was sent again",
  ],
  [
    "a timestamp of tomorrow",
    { lateSeconds: -86_400 },
    "timestamp_too_new",
    /webhook-timestamp is 86(400|39\d) s ahead of this server's clock/,
    "either this server's clock is wrong or",
  ],
  [
    "a signature without end",
    { headers: { "webhook-signature": "v".repeat(3_000) } },
    "signature_malformed",
    "webhook-signature has 3000 characters; at most 2048 are read",
  ],
  [
    "a signature of many tokens",
    { headers: { "webhook-signature": Array(17).fill("v2,x").join(" ") } },
    "signature_malformed",
    "webhook-signature has 17 tokens; at most 16 are read",
  ],
  [
    "a signature in hex",
    { headers: { "webhook-signature": "sha256=00ff" } },
    "signature_malformed",
    "webhook-signature holds no token of the form `v1,` and 44 characters of base64",
  ],
  [
    "another secret",
    { headers: { "webhook-signature": `v1,${"A".repeat(43)}=` } },
    "signature_mismatch",
    "Either the secret here is not this endpoint's, or something between mintfax and this server changed the body",
    `(${JSON.stringify(EVENT).length} bytes arrived)`,
  ],
  [
    "a compressed body",
    { headers: { "content-encoding": "gzip" } },
    "content_encoding_unsupported",
    "The body is compressed (Content-Encoding); mintfax signs and sends it plain",
    "proxy",
  ],
  [
    "a length in words",
    { headers: { "content-length": "many" } },
    "content_length_malformed",
    "Content-Length is not a decimal number",
  ],
  ["no body", { body: "" }, "body_not_json", "The body is empty; expected a JSON object"],
  [
    "a body that is not JSON",
    { body: "{" },
    "body_not_json",
    "authentic, but not JSON in UTF-8",
    "report it to mintfax",
  ],
  [
    "a body that is not text",
    { body: new Uint8Array([0x22, 0xff, 0x22]) },
    "body_not_json",
    "authentic, but not JSON in UTF-8",
  ],
  ["a list", { body: "[]" }, "envelope_malformed", "authentic, but is not an object", ENVELOPE],
  ["no id inside", { body: without("id") }, "envelope_malformed", "has no `id`", ENVELOPE],
  ["no type", { body: without("type") }, "envelope_malformed", "has no `type`", ENVELOPE],
  [
    "no time",
    { body: without("created") },
    "envelope_malformed",
    "no whole number of seconds as `created`",
    ENVELOPE,
  ],
  ["no data", { body: without("data") }, "envelope_malformed", "has no object as `data.object`", ENVELOPE],
  [
    "no resource",
    { body: without("data", "object") },
    "envelope_malformed",
    "has no object as `data.object`",
    ENVELOPE,
  ],
];

const STATUSES: Readonly<Record<string, number>> = {
  method_not_allowed: 405,
  content_encoding_unsupported: 415,
};

test.each(SAID)(
  "%s is answered with what was wrong and what to do",
  async (...[, fault, code, ...parts]: Said) => {
    const { webhooks, records } = receiving();
    const answer = await webhooks(request(fault));
    const { message, ...rest } = (await answer.json()) as { message: string };
    expect(rest).toMatchObject({ outcome: "refused", code });
    expect(answer.status).toBe(STATUSES[code] ?? 400);
    for (const part of parts) expect(message).toMatch(typeof part === "string" ? escaped(part) : part);
    // The hook is told the same.
    expect(records).toMatchObject([{ code, message }]);
  },
);

function request({
  method = "POST",
  headers = {},
  lateSeconds = 0,
  body = JSON.stringify(EVENT),
}: Fault): Request {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const timestamp = String(Math.floor(Date.now() / 1000) - lateSeconds);
  return new Request("https://clinic.example/", {
    method,
    headers: {
      "webhook-id": EVENT.id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${macOf(EVENT.id, timestamp, bytes, SECRET)}`,
      ...headers,
    },
    body: bytes,
  });
}

function escaped(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}

test.each([
  ["queue_unavailable", 503, "The queue of this server could not store the event"],
  ["queue_misconfigured", 500, "The queue of this server is misconfigured"],
  ["store_unavailable", 503, "A store that the handler uses could not be reached"],
  ["store_misconfigured", 500, "A store that the handler uses is misconfigured"],
])(
  "a handler that throws an error with the code %s: the sender is told what is down",
  async (code, status, message) => {
    const { webhooks } = receiving();
    webhooks.on("*", () => {
      throw Object.assign(new Error("postgres://clinic:s3cret@db/clinic"), { code });
    });
    const answer = await webhooks(attempt(EVENT));
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      outcome: status === 503 ? "unavailable" : "misconfigured",
      code,
      message: `${message}; see the server's log.`,
      id: EVENT.id,
    });
  },
);

test("a delivery that comes while another one of its event is at work: the sender is told that", async () => {
  const { webhooks } = receiving();
  const mayEnd = gate();
  webhooks.on("*", () => mayEnd.promise);
  const first = webhooks(attempt(EVENT));
  const second = await webhooks(attempt(EVENT));
  expect(await second.json()).toEqual({
    outcome: "busy",
    code: "in_progress",
    message: "Another delivery of this event is being processed.",
    id: EVENT.id,
  });
  mayEnd.open();
  await first;
});

test("a store that is set up wrong: the sender is told where to look", async () => {
  const store: LeaseStore = {
    ...createMemoryStore(),
    claim() {
      throw Object.assign(new Error("there is no table"), { code: "store_misconfigured" });
    },
  };
  const { webhooks } = receiving({ store });
  const answer = await webhooks.on("*", () => {})(attempt(EVENT));
  expect(await answer.json()).toEqual({
    outcome: "misconfigured",
    code: "store_misconfigured",
    message: "The dedup store of this server is misconfigured; see the server's log.",
    id: EVENT.id,
  });
});
