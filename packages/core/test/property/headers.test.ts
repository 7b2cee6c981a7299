import { createHmac } from "node:crypto";
import { createVerifier, type HeaderValue, type OutcomeRecord } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import fc from "fast-check";
import { runs } from "test-support/property-runs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Headers, readHeaders } from "./reference.ts";
import { headerText, Tally } from "./tally.ts";

const NOW_SECONDS = 1_747_173_605;
const TOLERANCE_SECONDS = 300;
const KEY = Buffer.from("a key of these properties only");
const SECRET = `whsec_${KEY.toString("base64")}`;
const BODY = Buffer.from("{}");

beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1_000 });
});
afterAll(() => {
  vi.useRealTimers();
});

const verifier = createVerifier({ secret: SECRET });

const single = (value: HeaderValue): string => (typeof value === "string" ? value : (value?.[0] ?? ""));

function macOf(headers: Headers): string {
  const signed = `${single(headers["webhook-id"])}.${single(headers["webhook-timestamp"])}.`;
  return createHmac("sha256", KEY).update(signed).update(BODY).digest("base64");
}

const id = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7f }).map((code) => String.fromCharCode(code)),
    maxLength: 12,
  }),
  fc.integer({ min: 250, max: 260 }).map((length) => "i".repeat(length)),
  fc.constant("evt_1"),
  headerText,
);

const timestamp = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -302, max: 302 }).map((by) => String(NOW_SECONDS + by)) },
  // Just inside and outside, which the line above seldom hits.
  fc.constantFrom(-301, -300, 300, 301).map((by) => String(NOW_SECONDS + by)),
  fc.bigInt({ min: -1n, max: 10n ** 17n }).map(String),
  fc.constantFrom(
    "0",
    "00",
    "",
    " 1747173605",
    "1747173605 ",
    "+1747173605",
    "1.7e9",
    "0x6823b925",
    "01747173605",
  ),
  headerText,
);

/** Tokens of all kinds, made of the right signature. */
const token = fc.oneof(
  { weight: 3, arbitrary: fc.constant((mac: string) => `v1,${mac}`) },
  fc.constantFrom<(mac: string) => string>(
    () => `v1,${"A".repeat(43)}=`,
    (mac) => `v1,${mac}=`,
    (mac) => `v1,${mac.slice(1)}`,
    (mac) => `v1a,${mac}`,
    (mac) => `v2,${mac}`,
    (mac) => mac,
    (mac) => `v1,${mac},`,
    (mac) => `v1,-${mac.slice(1)}`,
    () => "",
    () => "v1,",
  ),
  headerText.map((text) => () => text),
);

const signature = fc
  .tuple(
    fc.array(token, { minLength: 0, maxLength: 18, size: "max" }),
    fc.constantFrom(" ", " ", " ", "  ", ", "),
  )
  .map(
    ([tokens, separator]) =>
      (mac: string) =>
        tokens.map((make) => make(mac)).join(separator),
  );

const headers: fc.Arbitrary<Headers> = fc
  .record({ id, timestamp, signature })
  .map(({ id, timestamp, signature }) => {
    const draft: Headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": "" };
    return { ...draft, "webhook-signature": signature(macOf(draft)) };
  });

/** As platforms hand headers over: once, in a list, several times, joined, or not at all. */
const form = fc.constantFrom<(value: string) => HeaderValue>(
  (value) => value,
  (value) => value,
  (value) => value,
  (value) => value,
  (value) => [value],
  (value) => [value, value],
  (value) => `${value}, ${value}`,
  () => [],
  () => "",
  () => null,
  () => undefined,
);

const anyForm: fc.Arbitrary<Headers> = fc.tuple(headers, form, form, form).map(([values, ...forms]) => {
  const names = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;
  return Object.fromEntries(
    names.map((name, at) => [name, forms[at]?.(single(values[name]))]),
  ) as unknown as Headers;
});

/** What the reference makes of the headers, and then of the signature. */
function expectedOf(given: Headers): string {
  const read = readHeaders(given, NOW_SECONDS, TOLERANCE_SECONDS);
  if (typeof read === "string") return read;
  return read.includes(macOf(given)) ? "ok" : "signature_mismatch";
}

describe("the three headers are read as documented, code by code", () => {
  const seen = new Tally();

  test.each([
    ["alone", headers, 12_000],
    ["in any form", anyForm, 8_000],
  ])("%s", (_, arbitrary, numRuns) => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const verdict = verifier.verify(given, BODY);
        if (!("ok" in verdict)) throw new Error("expected a verdict, not a promise of one");
        const expected = expectedOf(given);
        seen.add(expected);
        expect(verdict.ok ? "ok" : verdict.code).toBe(expected);
      }),
      runs(numRuns),
    );
  });

  test("every code was among them", () => {
    expect(seen.seen).toEqual(
      [
        "header_missing",
        "header_repeated",
        "id_malformed",
        "ok",
        "signature_malformed",
        "signature_mismatch",
        "timestamp_malformed",
        "timestamp_too_new",
        "timestamp_too_old",
      ].sort(),
    );
  });
});

describe("Content-Length is judged before the body is read", () => {
  const good: Headers = {
    "webhook-id": "evt_1",
    "webhook-timestamp": String(NOW_SECONDS),
    "webhook-signature": "",
  };
  const length: fc.Arbitrary<HeaderValue> = fc.oneof(
    fc.nat({ max: 100 }).map(String),
    fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String),
    fc.nat({ max: 100 }).map((number) => `000${number}`),
    fc.nat({ max: 100 }).map((number) => [String(number), String(number)]),
    fc.constantFrom<HeaderValue>(
      "",
      " ",
      "-1",
      "+1",
      "1e1",
      "0x10",
      "1.0",
      "1,1",
      "1, 1",
      "٣",
      null,
      undefined,
      [],
    ),
    headerText,
  );
  const LIMIT_BYTES = 50;

  test("with any value", async () => {
    const seen = new Tally();
    await fc.assert(
      fc.asyncProperty(length, async (value) => {
        let reads = 0;
        const records: OutcomeRecord[] = [];
        const receiver = createReceiver({
          secret: SECRET,
          bodyLimitBytes: LIMIT_BYTES,
          onOutcome: (record) => records.push(record),
        });
        const all = { ...good, "webhook-signature": `v1,${macOf(good)}`, "content-length": value };
        await receiver.receive({
          method: "POST",
          header: (name) => (all as Record<string, HeaderValue>)[name],
          readBody: async () => {
            reads += 1;
            return BODY;
          },
          platform: undefined,
        });
        const expected = judge(value);
        seen.add(expected);
        // "{}" is authentic and no envelope, so that is how far it comes.
        expect([records[0]?.code, reads]).toEqual(
          expected === "read" ? ["envelope_malformed", 1] : [expected, 0],
        );
      }),
      runs(3_000),
    );
    expect(seen.seen).toEqual(["body_too_large", "content_length_malformed", "read"]);
  });

  function judge(value: HeaderValue): string {
    if (value === undefined || value === null) return "read";
    if (typeof value !== "string" || value === "") return "content_length_malformed";
    if ([...value].some((char) => char < "0" || char > "9")) return "content_length_malformed";
    return BigInt(value) > BigInt(LIMIT_BYTES) ? "body_too_large" : "read";
  }
});
