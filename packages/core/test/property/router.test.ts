import { ConfigurationError, EVENT_TYPES, type EventPattern } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { signDelivery } from "@mintfax-webhooks/testing";
import fc from "fast-check";
import { runs } from "test-support/property-runs";
import { expect, test } from "vitest";
import { Tally } from "./tally.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const PATTERNS: readonly EventPattern[] = [...EVENT_TYPES, "fax.*", "balance.*", "*"];

/** Types that are known, that are new in a known group, that are in none, and names that are more than names. */
const type = fc.oneof(
  fc.constantFrom<string>(...EVENT_TYPES),
  fc.string({ unit: "grapheme-ascii", maxLength: 8 }).map((name) => `fax.${name}`),
  fc.string({ unit: "grapheme-ascii", maxLength: 8 }).map((name) => `balance.${name}`),
  fc.constantFrom(
    "fax",
    "fax.",
    ".fax",
    "faxes.sent",
    "fax.*",
    "*",
    "balance",
    "x.y.z",
    "__proto__",
    "constructor",
    "Fax.failed",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
);

/** Exact beats group beats any. */
function expectedFor(type: string, patterns: readonly string[]): string | undefined {
  const group = ["fax", "balance"].find((name) => type.startsWith(`${name}.`));
  return [type, `${group}.*`, "*"].find((candidate) => patterns.includes(candidate));
}

test("in any order of registration, exact beats group beats any, and one handler runs", async () => {
  const seen = new Tally();
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...PATTERNS]), type, async (patterns, type) => {
      fc.pre(type !== "");
      const ran: string[] = [];
      const receiver = createReceiver({ secret: SECRET });
      for (const pattern of patterns) receiver.on(pattern, () => ran.push(pattern));
      const event = { id: "evt_1", type, created: 1, data: { object: {} } };
      const { headers, body } = signDelivery(event as never, { secret: SECRET });
      const sent = new Headers(headers);
      const answer = await receiver.receive({
        method: "POST",
        header: (name) => sent.get(name),
        readBody: async () => Buffer.from(body),
        platform: undefined,
      });
      const expected = expectedFor(type, patterns);
      seen.add(
        expected === undefined ? "none" : expected === type ? "exact" : expected === "*" ? "any" : "group",
      );
      expect(ran).toEqual(expected === undefined ? [] : [expected]);
      expect([answer.status, JSON.parse(answer.body).outcome]).toEqual([
        200,
        expected === undefined ? "unhandled" : "processed",
      ]);
    }),
    runs(2_000),
  );
  expect(seen.seen).toEqual(["any", "exact", "group", "none"]);
});

test("only known patterns are taken, once, with functions; a refused registration changes nothing", () => {
  const pattern = fc.oneof(fc.constantFrom<string>(...PATTERNS), type);
  const handler = fc.oneof(
    fc.constant(() => {}),
    fc.constant(() => {}),
    fc.anything(),
  );
  const seen = new Tally();
  fc.assert(
    fc.property(fc.array(fc.tuple(pattern, handler), { maxLength: 12 }), (registrations) => {
      const receiver = createReceiver({ secret: SECRET });
      const registered = new Set<string>();
      for (const [pattern, handler] of registrations) {
        const expected = !(PATTERNS as readonly string[]).includes(pattern)
          ? "event_type_unknown"
          : typeof handler !== "function"
            ? "handler_invalid"
            : registered.has(pattern)
              ? "handler_duplicate"
              : undefined;
        let error: unknown;
        try {
          expect(receiver.on(pattern as EventPattern, handler as () => void)).toBe(receiver);
        } catch (thrown) {
          error = thrown;
        }
        seen.add(expected ?? "registered");
        if (expected === undefined) {
          expect(error).toBeUndefined();
          registered.add(pattern);
        } else {
          expect(error).toBeInstanceOf(ConfigurationError);
          expect(error).toMatchObject({ code: expected });
        }
      }
    }),
    runs(3_000),
  );
  expect(seen.seen).toEqual(["event_type_unknown", "handler_duplicate", "handler_invalid", "registered"]);
});
