import { type CheckResult, certify } from "@mintfax-webhooks/certify";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Habits, naive, serve } from "./support/naive.ts";
import { SECRET } from "./support/secrets.ts";

/** What each of them leaves out: a limit for bodies, a look at the envelope, and at how a number is written. */
const OF_NONE_OF_THEM = [
  "forged.body_json_array",
  "forged.body_no_data",
  "forged.time_exponent",
  "transport.oversized",
  "transport.stalled",
];

/** Refused by those who verify other bytes than those that came. */
const UTF8 = "forged.body_invalid_utf8";

/** The ids of what each should be found out by, and nothing else of level `must`. */
const RECEIVERS: Readonly<
  Record<string, { habits: Habits; fails: readonly string[]; also?: readonly string[] }>
> = {
  "a careful receiver": { habits: {}, fails: [], also: [UTF8] },
  "one that verifies JSON.stringify(req.body)": {
    habits: { verified: (body) => JSON.stringify(JSON.parse(body.toString())) },
    fails: [
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
  },
  "one that reads the body as Latin-1": {
    habits: { verified: (body) => body.toString("latin1") },
    fails: ["genuine.utf8"],
  },
  "one that looks at the first token": {
    habits: { tokens: (header) => header.split(" ").slice(0, 1) },
    fails: ["genuine.rotation_second", "genuine.other_version"],
    also: [UTF8],
  },
  "one that does not check the time": {
    habits: { checksTime: false },
    fails: ["forged.time_old", "forged.time_hour_old", "forged.time_ahead", "forged.time_day_ahead"],
    also: [
      UTF8,
      ...["text", "nan", "infinity", "negative", "milliseconds", "date"].map((form) => `forged.time_${form}`),
    ],
  },
  "one that marks events as done before the work": {
    habits: { dedup: "before the work" },
    fails: ["processing.failure", "processing.failure_at_work"],
    also: [UTF8],
  },
  "one that marks events as done after the work": {
    habits: { dedup: "after the work" },
    fails: ["processing.copy_at_work"],
    also: [UTF8],
  },
  "one that does not deduplicate": {
    habits: { dedup: "none" },
    fails: ["processing.copy", "processing.copies_at_once", "processing.copy_at_work"],
    also: [UTF8],
  },
};

describe.concurrent("certify", () => {
  test.each(Object.entries(RECEIVERS))("finds out %s", async (_, { habits, fails, also = [] }) => {
    const { origin, close } = await serve(naive(SECRET, habits));
    onTestFinished(close);
    const { passed, results } = await certify({
      url: `${origin}/webhooks/mintfax`,
      runsUrl: `${origin}/runs`,
      secret: SECRET,
      timeoutMs: 10_000,
    });
    const failed = (level: CheckResult["level"]): string[] =>
      results.filter((result) => result.verdict === "fail" && result.level === level).map(({ id }) => id);
    const details = JSON.stringify(
      results.filter(({ verdict }) => verdict === "fail").map(({ id, got }) => [id, got]),
    );
    expect(failed("must").sort(), details).toEqual([...fails].sort());
    expect(failed("should").sort(), details).toEqual([...OF_NONE_OF_THEM, ...also].sort());
    expect(passed).toBe(fails.length === 0);
    expect(results.filter(({ verdict }) => verdict === "unknown")).toEqual([]);
  });
});
