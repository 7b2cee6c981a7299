import type { Outcome, OutcomeRecord } from "@mintfax-webhooks/express";
import { createTestSender, eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { logOutcomes } from "../src/log-outcome.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const MARK = "zq7personal";

const OUTCOMES: readonly Outcome[] = [
  "processed",
  "duplicate",
  "unhandled",
  "refused",
  "busy",
  "failed",
  "timed_out",
  "unavailable",
  "lost",
  "misconfigured",
];
const SCRIPTS = ["start", "start:console"];

for (const script of SCRIPTS) testExample("express-logging", { script });

test("outcomes that need a person are errors, and what a stranger can cause is a warning at most", () => {
  const levels: Record<string, string> = {};
  const write = (level: string) => (fields: object) => {
    const { outcome, code } = fields as OutcomeRecord;
    levels[code ?? outcome] = level;
  };
  const onOutcome = logOutcomes({ info: write("info"), warn: write("warn"), error: write("error") });
  const record = {
    status: 200,
    code: undefined,
    message: undefined,
    id: undefined,
    type: undefined,
    created: undefined,
    secretIndex: undefined,
    durationMs: 1,
    handlerMs: undefined,
  };
  for (const outcome of OUTCOMES) onOutcome({ ...record, outcome });
  onOutcome({ ...record, outcome: "processed", code: "complete_unavailable" });
  expect(levels).toEqual({
    processed: "info",
    duplicate: "info",
    unhandled: "info",
    refused: "warn",
    busy: "warn",
    failed: "error",
    timed_out: "error",
    unavailable: "error",
    lost: "error",
    misconfigured: "error",
    complete_unavailable: "error",
  });
});

describe.each(SCRIPTS)("%s", (script) => {
  let example: ExampleProcess;
  beforeEach(async () => {
    example = await ExampleProcess.start("express-logging", { MINTFAX_WEBHOOK_SECRET: SECRET }, script);
  });
  afterEach(async () => {
    await example.stop();
  });

  test("a line has what an alert needs", async () => {
    const created = Math.floor(Date.now() / 1000) - 110;
    const event = eventFixture("fax.delivered", { created });
    await createTestSender({ secret: SECRET, to: example.url }).attempt(event);
    const line = await example.line(({ outcome }) => outcome !== undefined);
    expect(line).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      outcome: "processed",
      status: 200,
      id: event.id,
      type: "fax.delivered",
      created,
      secretIndex: 0,
      durationMs: expect.any(Number),
      handlerMs: expect.any(Number),
      ageSeconds: expect.any(Number),
    });
    const { ageSeconds } = line as { ageSeconds?: number };
    expect(ageSeconds).toBeGreaterThanOrEqual(110);
    expect(ageSeconds).toBeLessThanOrEqual(Math.round(Date.now() / 1000 - created));
  });

  test("nothing personal is logged, though events and errors hold it", async () => {
    const sender = createTestSender({ secret: SECRET, to: example.url });
    const object = {
      to: `+1555${MARK}`,
      csid: `${MARK}-csid`,
      tags: { order: `${MARK}-order`, patient: `${MARK}-patient` },
    };
    const failed = eventFixture("fax.failed", {
      data: { object: { ...object, error_message: `${MARK}-message` } },
    });
    const delivered = eventFixture("fax.delivered", { data: { object } });
    expect((await sender.attempt(failed)).status).toBe(500);
    expect((await sender.attempt(delivered)).status).toBe(200);
    const forged = forge(signDelivery(delivered, { secret: SECRET }));
    expect((await sender.send(forged)).status).toBe(400);
    await example.stop();

    const lines = example.lines.filter(({ outcome }) => outcome !== undefined);
    expect(lines).toHaveLength(4);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: "error", code: "handler_failed", errorClass: "Error" }),
        expect.objectContaining({ level: "error", code: "background_failed", errorClass: "Error" }),
        expect.objectContaining({ level: "info", outcome: "processed" }),
        expect.objectContaining({ level: "warn", code: "signature_mismatch" }),
      ]),
    );
    expect(JSON.stringify(example.lines)).not.toContain(MARK);
    expect(JSON.stringify(example.lines)).not.toContain("+1555");
  });
});
