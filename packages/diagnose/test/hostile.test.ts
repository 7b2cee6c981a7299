import { type CapturedRequest, diagnose } from "@mintfax-webhooks/diagnose";
import { array, assert, constantFrom, integer, property, string, tuple, uint8Array } from "fast-check";
import { runs } from "test-support/property-runs";
import { runSize } from "test-support/run-size";
import { describe, expect, test } from "vitest";
import { UnreadableCaptureError } from "../src/read/error.ts";
import { readHeaderText } from "../src/read/header-text.ts";
import { readCapture } from "../src/read/read-capture.ts";
import { HOSTILE_CAPTURES, HOSTILE_SHAPES, withBody } from "./captures/hostile.ts";
import { SECRET } from "./captures/send.ts";

/** All of it is just below the largest body that is varied. */
const BYTES = runSize(50_000, 250_000);
/** A step that is not linear takes hundreds of times as long. */
const FACTOR = 8;

/** Processor time of this thread: other processes do not count. */
function timeOf(work: () => void): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: (since?: NodeJS.CpuUsage) => NodeJS.CpuUsage };
  const usage = threadCpuUsage ?? process.cpuUsage;
  const start = usage();
  work();
  const { user, system } = usage(start);
  return user + system;
}

function outputOf(request: CapturedRequest): string {
  const diagnosis = diagnose(request, SECRET, { at: new Date() });
  return JSON.stringify(diagnosis);
}

/** A body of that size that has all spellings. */
const allSpellings = withBody(`{"a":1e1,"b":"${"/<é\u2028".repeat(BYTES / 8)}"}`);
const mostTime = FACTOR * timeOf(() => outputOf(allSpellings));

describe("a stranger's request is diagnosed in the time of a large genuine one", () => {
  test.each(HOSTILE_SHAPES)("$name", ({ make }) => {
    const request = make(BYTES);
    let output = "";
    expect(timeOf(() => (output = outputOf(request)))).toBeLessThan(mostTime);
    expect(output.length).toBeLessThan(10_000);
  });

  test("a body of 10 MB is checked as it arrived", () => {
    const request = withBody("[".repeat(10_000_000));
    expect(timeOf(() => outputOf(request))).toBeLessThan(mostTime);
    expect(diagnose(request, SECRET).findings.map(({ code }) => code)).toContain("body_too_large");
  });
});

describe("a stranger's capture is read or refused in that time", () => {
  test.each(HOSTILE_CAPTURES)("$name", ({ make }) => {
    const bytes = Buffer.from(make(4 * BYTES));
    for (const read of [readCapture, readHeaderText]) {
      const time = timeOf(() => {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableCaptureError);
        }
      });
      expect(time).toBeLessThan(mostTime);
    }
  });
});

const UNITS = [
  ..."[]{}\",:\\/<>&'+-=%01aé\u0301\u0316\ufeff\u2028",
  " ",
  "\t",
  "\r\n",
  '{"a":',
  '"a":"{}",',
  "\\u00e9",
  "%7B",
  "--a\r\n",
  "<Buffer ",
  "b'",
  "[object ",
];
const repeated = array(tuple(constantFrom(...UNITS), integer({ min: 1, max: 3_000 })), { maxLength: 6 }).map(
  (parts) => parts.map(([unit, count]) => unit.repeat(count)).join(""),
);

test("a mixture of these does not break the diagnosis", async () => {
  const header = constantFrom(
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "content-length",
    "x-other",
  );
  await assert(
    property(
      tuple(header, repeated, string(), repeated, uint8Array()),
      ([name, value, middle, body, bytes]) => {
        const text = Buffer.concat([Buffer.from(body), bytes, Buffer.from(middle + body)]);
        expect(outputOf(withBody(text, [[name, value]])).length).toBeLessThan(10_000);
      },
    ),
    runs(runSize(20, 60)),
  );
});
