import type { Row } from "../hostile/row.ts";
import type { Platform } from "./target.ts";

/** What a platform does in its own way before a receiver is asked, so that no adapter can make it equal. */
export interface Difference {
  readonly platform: Platform;
  /** Ids of cases. */
  readonly cases: readonly string[];
  /** What is expected there instead, as far as it differs; or that no receiver gets to see the request, or that the case is left out. */
  readonly instead:
    | Partial<Pick<Row, "status" | "outcome" | "code" | "interim">>
    | "refused by the platform"
    | "the case has no meaning there";
  readonly reason: string;
}

/** All of them. Everything that is not listed here is the same on every platform. */
export const DIFFERENCES: readonly Difference[] = [
  {
    platform: "AWS",
    cases: ["handler-timed-out", "wait-until"],
    instead: "the case has no meaning there",
    reason:
      "A function returns after the work that outlives its answer. The tests of packages/lambda are about that.",
  },
  {
    platform: "AWS",
    cases: ["body-already-parsed"],
    instead: {},
    reason: "The message names the fix, which is another one where the body is a member of an event.",
  },
  {
    platform: "AWS",
    cases: [
      "malformed/one byte over the limit",
      "malformed/a petabyte declared",
      "malformed/undeclared and without end",
      "malformed/half a body and then nothing",
      "malformed/headers and then nothing",
      "malformed/chunks without an end",
      "malformed/HTTP/2.0 in the request line, declared too large",
      "malformed/Expect: 100-continue, refused by its headers",
      "malformed/Expect: 100-continue, declared too large",
      "cut/half of a declared body, then a half-close",
      "cut/a declared body but one byte, then a half-close",
      "cut/none of a declared body, then a half-close",
      "cut/half of the chunks, then a half-close",
      "cut/half of a declared body, then a reset",
      "cut/a declared body but one byte, then a reset",
      "cut/none of a declared body, then a reset",
      "cut/half of the chunks, then a reset",
      "cut/half of the chunks under HTTP/2.0, then a half-close",
      "cut/an unknown transfer coding",
      "cut/20,000 characters of chunk extensions",
      "cut/a chunk size that is no number",
    ],
    instead: "refused by the platform",
    reason: "It calls no function for a request that it has not got whole.",
  },
  {
    platform: "Fastify 5",
    cases: ["malformed/PROPFIND without a body", "malformed/PROPFIND with a good delivery in it"],
    instead: "refused by the platform",
    reason: "It answers 404 by itself to methods that the application has not added.",
  },
  {
    platform: "Fastify 4",
    cases: [
      "malformed/HTTP/2.0 in the request line",
      "malformed/HTTP/2.0 in the request line, chunked",
      "malformed/HTTP/2.0 in the request line, declared too large",
      "cut/half of the chunks under HTTP/2.0, then a half-close",
    ],
    instead: "refused by the platform",
    reason: "It answers 505 by itself before it looks for a route.",
  },
  {
    platform: "a Request of @hono/node-server",
    cases: ["malformed/webhook-id twice, the second empty"],
    instead: { code: "signature_mismatch" },
    reason:
      "It trims the joined value, so `evt_1, ` becomes `evt_1,`, an id of its own. Refused all the same.",
  },
  {
    platform: "a Request of @hono/node-server",
    cases: ["malformed/webhook-timestamp twice, the second empty"],
    instead: { code: "timestamp_malformed" },
    reason: "As for the id.",
  },
  {
    platform: "a Request of @hono/node-server",
    cases: ["malformed/webhook-signature twice, the second empty"],
    instead: { code: "signature_malformed" },
    reason: "As for the id.",
  },
  ...(["@hono/node-server", "a Request of @hono/node-server", "workerd"] as const).map(
    (platform): Difference => ({
      platform,
      cases: ["body-already-parsed"],
      instead: {},
      reason: "The message names the fix, which is another one where a body belongs to a Request.",
    }),
  ),
  {
    platform: "workerd",
    cases: ["malformed/id in UTF-8"],
    instead: {},
    reason: "It reads headers as UTF-8, so the message counts another number of characters.",
  },
  {
    platform: "workerd",
    cases: ["malformed/timestamp with blanks around it"],
    instead: { status: 400, outcome: "refused", code: "timestamp_malformed" },
    reason: "It takes a tab around a header's value for a part of it.",
  },
  {
    platform: "workerd",
    cases: ["malformed/chunk extensions"],
    instead: { status: 400, outcome: "refused", code: "body_incomplete" },
    reason: "It gives up on a body with chunk extensions.",
  },
  {
    platform: "workerd",
    cases: [
      "malformed/Expect: 100-continue",
      "malformed/Expect: 100-continue, then another body",
      "malformed/Expect: 100-continue, refused by its headers",
      "malformed/Expect: 100-continue, declared too large",
    ],
    instead: { interim: [] },
    reason: "It never says 100 Continue; senders go on without it after a while.",
  },
  {
    platform: "workerd",
    cases: ["cut/an unknown transfer coding"],
    instead: "refused by the platform",
    reason: "It answers 500 by itself.",
  },
  {
    platform: "workerd",
    cases: ["unreadable/a blank before the colon"],
    instead: { status: 200 },
    reason: "It reads the header as if the blank were not there.",
  },
  {
    platform: "workerd",
    cases: ["unreadable/a length behind a blank"],
    instead: { status: 200 },
    reason: "It does not take the line for a header; the length that it goes by is the right one.",
  },
  {
    platform: "workerd",
    cases: ["unreadable/a length and chunks, the way requests are smuggled"],
    instead: { status: 200 },
    reason: "It goes by the chunks.",
  },
  {
    platform: "workerd",
    cases: ["unreadable/another expectation"],
    instead: { status: 200 },
    reason: "It ignores expectations.",
  },
];

/** The difference that a case has to expect on a platform, if there is one. */
export function differenceOf(id: string, platform: Platform): Difference | undefined {
  return DIFFERENCES.find((difference) => difference.platform === platform && difference.cases.includes(id));
}
