import { createTestSender, eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const MARK = "zq7personal";

const SCRIPTS = ["start", "start:console"];

for (const script of SCRIPTS) testExample("express-logging", { script });

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
    expect((line as { ageSeconds?: number }).ageSeconds).toBeGreaterThanOrEqual(110);
  });

  test("nothing personal is logged, whatever events and errors hold", async () => {
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
