/** In AWS's own runtime interface client, against a runtime API on this machine. */
import { eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { deliveryTo, EVENTS } from "conformance/lambda/events";
import { expect, test } from "vitest";
import { Runtime } from "./support/runtime.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const sign = (type: "fax.delivered" | "fax.failed" | "fax.sending") =>
  signDelivery(eventFixture(type), { secret: SECRET });

test.each(Object.entries(EVENTS))(
  "behind %s, a function takes deliveries, and refuses a forgery",
  async (_, eventOf) => {
    await using runtime = await Runtime.start({ MINTFAX_WEBHOOK_SECRET: SECRET });
    const signed = sign("fax.delivered");
    const invoke = (delivery: typeof signed) => runtime.invoke(eventOf(deliveryTo("/", delivery, true)));
    expect((await invoke(forge(signed))).statusCode).toBe(400);
    const processed = await invoke(signed);
    expect([processed.statusCode, JSON.parse(processed.body).outcome]).toEqual([200, "processed"]);
    expect(JSON.parse((await invoke(signed)).body).outcome).toBe("duplicate");
  },
);

test("the function returns after work that was given to waitUntil", async () => {
  await using runtime = await Runtime.start({ MINTFAX_WEBHOOK_SECRET: SECRET });
  const eventOf = EVENTS["a function URL"] as (typeof EVENTS)[string];
  await runtime.invoke(eventOf(deliveryTo("/", sign("fax.delivered"), true)));
  expect(runtime.printed).toContain('{"afterwards":"invocation-1"}');
});

test("of a timeout of 2 s, AWS's runtime leaves a handler 1.5 s at most", async () => {
  await using runtime = await Runtime.start({ MINTFAX_WEBHOOK_SECRET: SECRET });
  const eventOf = EVENTS["a function URL"] as (typeof EVENTS)[string];
  const result = await runtime.invoke(eventOf(deliveryTo("/", sign("fax.failed"), true)), 2_000);
  expect([result.statusCode, JSON.parse(result.body).code]).toEqual([503, "handler_timed_out"]);
  const [, deadlineMs] =
    /"aborted":"The handler was still running at its deadline, after ([\d.]+) ms/.exec(runtime.printed) ?? [];
  expect(Number(deadlineMs)).toBeLessThanOrEqual(1_500);
});

test("an event of a queue is an error of the function", async () => {
  await using runtime = await Runtime.start({ MINTFAX_WEBHOOK_SECRET: SECRET });
  const event = { Records: [{ eventSource: "aws:sqs", body: "a fax" }] };
  await expect(runtime.invoke(event)).rejects.toThrow(
    /^ConfigurationError: .* an event of aws:sqs, not with an HTTP request/,
  );
  expect(
    (await runtime.invoke(EVENTS["a function URL"]?.(deliveryTo("/", sign("fax.sending"), false))))
      .statusCode,
  ).toBe(200);
});

// Threat: T02
test("without a secret, the function does not start", async () => {
  await using runtime = await Runtime.start({ MINTFAX_WEBHOOK_SECRET: "" });
  await expect(runtime.invoke({})).rejects.toThrow("MINTFAX_WEBHOOK_SECRET");
});
