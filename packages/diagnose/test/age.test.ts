import { diagnose } from "@mintfax-webhooks/diagnose";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { expect, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const CAPTURED = new Date("2026-05-14T12:00:00Z");

/** What is found in an attempt that was this old when it was captured. */
function findingsAt(ageSeconds: number) {
  const at = new Date(CAPTURED.getTime() - ageSeconds * 1000);
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET, at });
  return diagnose({ headers: Object.entries(headers), body }, SECRET, { at: CAPTURED }).findings;
}

test.each([
  [300, []],
  [301, ["timestamp_too_old"]],
  [-300, []],
  [-301, ["timestamp_too_new"]],
])("an attempt that is %d s old is judged as a receiver judges it", (ageSeconds, codes) => {
  expect(findingsAt(ageSeconds).map(({ code }) => code)).toEqual(codes);
});

test.each([
  [301, "5 min 1 s"],
  [90_061, "1 d 1 h"],
])("an age of %d s is told in its two largest units", (ageSeconds, told) => {
  expect(findingsAt(ageSeconds)[0]?.what).toBe(`webhook-timestamp was ${told} old when the request came.`);
});
