import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Diagnosis, diagnose } from "@mintfax-webhooks/diagnose";
import { CAPTURE_FORMATS, readCapture, UnreadableCaptureError } from "@mintfax-webhooks/diagnose/read";
import { expect, test } from "vitest";
import { SECRET } from "./captures/send.ts";
import { EXPECTED } from "./recorded/expected.ts";

const FOLDER = join(import.meta.dirname, "recorded/captures");
const FILES = readdirSync(FOLDER);
/** Of the event in the captures: a fax number, a customer's tags, the end of the id. */
const PRIVATE = ["12125551234", "1042", "rnberg", "HOME", SECRET.slice(6), "N7pNxJ2bH9c"];

function diagnosed(file: Uint8Array): Diagnosis {
  try {
    return diagnose(readCapture(file), SECRET);
  } catch (error) {
    if (error instanceof UnreadableCaptureError) return error.diagnosis;
    throw error;
  }
}

/** The captures are old, which is a note of every one that holds a timestamp. */
function codes(findings: Diagnosis["findings"]): string[] {
  return findings
    .map(({ code }) => code)
    .filter((code) => code !== "timestamp_too_old")
    .sort();
}

test("for every recorded capture it is said what comes out of it, and there are more than 40", () => {
  expect(FILES.sort()).toEqual(Object.keys(EXPECTED).sort());
  expect(FILES.length).toBeGreaterThan(40);
});

test.each(FILES)("%s yields its cause, or is not recognised, and nothing private", (file) => {
  const { verdict, findings = [], notes = [], why = /(?:)/ } = EXPECTED[file] ?? { verdict: "verified" };
  const diagnosis = diagnosed(readFileSync(join(FOLDER, file)));
  expect({
    verdict: diagnosis.verdict,
    findings: codes(diagnosis.findings),
    notes: codes(diagnosis.notes),
  }).toEqual({ verdict, findings, notes });
  expect(diagnosis.findings[0]?.why ?? "").toMatch(why);
  const output = JSON.stringify(diagnosis);
  for (const text of PRIVATE) expect(output).not.toContain(text);
});

test("what is not recognised is told with the formats that are", () => {
  const { findings, tried } = diagnosed(Buffer.from("hello"));
  expect(codes(findings)).toEqual(["capture_not_recognised"]);
  expect(tried).toEqual(CAPTURE_FORMATS);
});

/** What a cut request may show: the signature has proven it, or Content-Length. */
const OF_A_CUT = ["body_truncated", "body_rewritten"];

test.each(FILES)("half of %s proves nothing that the whole of it does not", (file) => {
  const whole = readFileSync(join(FOLDER, file));
  const known = new Set([...(EXPECTED[file]?.findings ?? []), ...OF_A_CUT]);
  const parts = 24;
  for (let part = 1; part < parts; part += 1) {
    const place = Math.floor((whole.length * part) / parts);
    for (const half of [whole.subarray(0, place), whole.subarray(place)]) {
      const proven = diagnosed(half).findings.filter(({ certainty }) => certainty === "proven");
      const wrong = codes(proven).filter((code) => !known.has(code) && !code.startsWith("capture_"));
      expect(wrong, `cut at byte ${place}`).toEqual([]);
    }
  }
});
