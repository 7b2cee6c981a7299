import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type LambdaEvent, mintfaxWebhooks, type OutcomeRecord, toLambda } from "@mintfax-webhooks/lambda";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import {
  deliveryTo,
  EVENTS,
  LOAD_BALANCER_OF_SEVERAL_VALUES as LOAD_BALANCER,
} from "conformance/lambda/events";
import { afterEach, describe, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const signed = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
const SHAPES = Object.entries(EVENTS);

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function receiving() {
  const records: OutcomeRecord[] = [];
  const webhooks = mintfaxWebhooks({
    secret: SECRET,
    onOutcome: (record) => records.push(record),
    onLateOutcome: () => {},
  });
  return { webhooks, records, handler: toLambda(webhooks) };
}

/** A genuine delivery, as it comes to a function. */
function eventIn(shape: string, delivery = signed, isBase64Encoded = true): LambdaEvent {
  const eventOf = EVENTS[shape];
  if (eventOf === undefined) throw new Error(`there is no ${shape}`);
  return eventOf(deliveryTo("/prod/base/path", delivery, isBase64Encoded));
}

const delivered = (): LambdaEvent => eventIn("a function URL");
const leaving = (ms: number) => ({ getRemainingTimeInMillis: () => ms });

describe.each(SHAPES)("behind %s", (shape) => {
  test("a delivery to any path is taken, and its answer has the form that AWS reads", async () => {
    const { webhooks, handler } = receiving();
    webhooks.on("*", () => {});
    const { body, ...result } = await handler(eventIn(shape));
    expect(JSON.parse(body)).toEqual({ outcome: "processed", id: signed.headers["webhook-id"] });
    const headers = { "content-type": "application/json", "cache-control": "no-store" };
    expect(result).toEqual({
      statusCode: 200,
      isBase64Encoded: false,
      ...(shape === LOAD_BALANCER
        ? { multiValueHeaders: { "content-type": ["application/json"], "cache-control": ["no-store"] } }
        : { headers }),
    });
  });

  test.each([
    ["in base64 is the bytes that were signed", true, "The body is authentic, but not JSON in UTF-8."],
    ["as text has lost what is not UTF-8", false, "No signature matches."],
  ])("a body %s", async (_, isBase64Encoded, message) => {
    const body = Buffer.from("M\xfcnchen", "latin1");
    const { "webhook-id": id, "webhook-timestamp": timestamp } = signed.headers;
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
    const headers = { ...signed.headers, "webhook-signature": `v1,${mac}` };
    const { handler, records } = receiving();
    await handler(eventIn(shape, { ...signed, headers, body }, isBase64Encoded));
    expect(records[0]?.message).toContain(message);
  });

  test("no body at all is a refused delivery", async () => {
    const { handler, records } = receiving();
    const { statusCode } = await handler({ ...eventIn(shape), body: null });
    expect([statusCode, records[0]?.outcome]).toEqual([400, "refused"]);
  });

  test("a body that middleware has parsed gets the delivery a 500, with the fix", async () => {
    const { handler, records } = receiving();
    const event = { ...eventIn(shape), body: JSON.parse(Buffer.from(signed.body).toString()) };
    expect((await handler(event)).statusCode).toBe(500);
    expect(records[0]).toMatchObject({
      code: "body_already_parsed",
      message: expect.stringContaining("middy"),
    });
  });

  test.each<[string, (event: LambdaEvent) => object]>([
    ["without its headers of several values", ({ headers }) => ({ headers, multiValueHeaders: {} })],
    ["without its headers of one value", ({ multiValueHeaders }) => ({ headers: {}, multiValueHeaders })],
    ["that says it is in base64 by a text", () => ({ isBase64Encoded: "true" })],
  ])("a delivery %s is taken", async (_, changed) => {
    const { webhooks, handler } = receiving();
    webhooks.on("*", () => {});
    const event = eventIn(shape);
    const headers = event.headers ?? signed.headers;
    const multiValueHeaders = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    );
    const both = { ...event, headers, multiValueHeaders } as LambdaEvent;
    expect((await handler({ ...both, ...changed(both) } as LambdaEvent, null)).statusCode).toBe(200);
  });

  test("20 copies at once run the handler once", async () => {
    const { webhooks, handler } = receiving();
    const run = vi.fn(() => sleep(5));
    webhooks.on("*", run);
    const results = await Promise.all(Array.from({ length: 20 }, () => handler(eventIn(shape))));
    expect(results.filter(({ statusCode }) => statusCode !== 200 && statusCode !== 409)).toEqual([]);
    expect(run).toHaveBeenCalledTimes(1);
  });
});

describe("headers of several values", () => {
  const base = eventIn(LOAD_BALANCER) as { multiValueHeaders: Record<string, string[]> };

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])(
    "%s twice is refused, in one spelling or in two",
    async (name) => {
      const { handler, records } = receiving();
      const value = signed.headers[name] ?? "";
      for (const headers of [{ [name]: [value, value] }, { [name.toUpperCase()]: [value] }]) {
        const multiValueHeaders = { ...base.multiValueHeaders, ...headers };
        expect((await handler({ ...base, multiValueHeaders })).statusCode).toBe(400);
      }
      expect(records.map(({ code }) => code)).toEqual(["header_repeated", "header_repeated"]);
    },
  );

  test("a name that objects have a member of is a name like any other", async () => {
    const { webhooks, handler } = receiving();
    webhooks.on("*", () => {});
    const headers = JSON.parse('{ "__proto__": ["x"], "constructor": ["x"], "nothing": null }') as object;
    const multiValueHeaders = { ...base.multiValueHeaders, ...headers };
    expect((await handler({ ...base, multiValueHeaders })).statusCode).toBe(200);
  });
});

test("handlers find the event and the context as their platform", async () => {
  const { webhooks, handler } = receiving();
  let platform: unknown;
  webhooks.on("fax.delivered", (_event, context) => {
    platform = context.platform;
  });
  const [event, context] = [delivered(), { awsRequestId: "id", ...leaving(30_000) }];
  await handler(event, context);
  expect(platform).toEqual({ event, context });
});

test("a health check of a load balancer is answered with 200, and is not a delivery", async () => {
  const { handler, records } = receiving();
  const check = (method: string, agent: string) =>
    handler({ httpMethod: method, headers: { "user-agent": agent }, body: "", isBase64Encoded: false });
  expect((await check("GET", "ELB-HealthChecker/2.0")).statusCode).toBe(200);
  expect(records).toEqual([]);
  expect((await check("GET", "curl/8.5")).statusCode).toBe(405);
  expect((await check("POST", "ELB-HealthChecker/2.0")).statusCode).toBe(400);
});

test.each<[string, unknown, string]>([
  ["of a queue", { Records: [{ eventSource: "aws:sqs", body: "fax" }] }, "an event of aws:sqs,"],
  ["of a topic", { Records: [{ EventSource: "aws:sns" }] }, "an event of aws:sns,"],
  ["of Lambda@Edge", { Records: [{ cf: { request: {} } }] }, "an event of Lambda@Edge,"],
  ["of a schedule", { source: "aws.events", "detail-type": "Scheduled Event" }, "an event of aws.events,"],
  ["of a warm-up", { source: "serverless-plugin-warmup" }, "an event of serverless-plugin-warmup,"],
  ["with a number in it", { source: "+49 30 123456" }, "an event of another kind,"],
  ["without anything", {}, "an event of another kind,"],
  ["that is a text", "fax", "an event of another kind,"],
  ["that is null", null, "an event of another kind,"],
])("an event %s is refused, so that its sender does not take it for done", async (_, event, named) => {
  const { handler } = receiving();
  const refused = handler(event as LambdaEvent);
  await expect(refused).rejects.toMatchObject({ code: "request_expected" });
  await expect(refused).rejects.toThrow(`The function was invoked with ${named} not with an HTTP request`);
});

describe("the time that the function has", () => {
  const untilAborted = (_event: unknown, { signal }: { readonly signal: AbortSignal }) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

  test.each([
    [3_000, 2_250],
    [10_000, 7_500],
    [20_000, 16_000],
    [29_000, 25_000],
    [900_000, 25_000],
  ])("of %i ms leaves a handler %i ms", async (remainingMs, deadlineMs) => {
    vi.useFakeTimers();
    const { webhooks, records, handler } = receiving();
    webhooks.on("*", untilAborted);
    const result = handler(delivered(), leaving(remainingMs));
    await vi.advanceTimersByTimeAsync(deadlineMs - 50);
    expect(records).toEqual([]);
    await vi.advanceTimersByTimeAsync(50);
    expect(records[0]?.code).toBe("handler_timed_out");
    expect(records[0]?.message).toContain(`after ${deadlineMs} ms`);
    expect((await result).statusCode).toBe(503);
  });

  test("that is nearly over when it begins starts no handler", async () => {
    const { webhooks, handler } = receiving();
    const run = vi.fn();
    webhooks.on("*", run);
    expect((await handler(delivered(), leaving(0))).statusCode).toBe(503);
    expect(run).not.toHaveBeenCalled();
  });

  test("is waited for work that goes on after the answer, and for what that begins", async () => {
    const { webhooks, handler } = receiving();
    const ended: string[] = [];
    webhooks.on("*", (_event, { waitUntil }) => {
      waitUntil(
        sleep(20).then(() => {
          ended.push("first");
          waitUntil(sleep(20).then(() => ended.push("second")));
        }),
      );
    });
    expect((await handler(delivered(), leaving(30_000))).statusCode).toBe(200);
    expect(ended).toEqual(["first", "second"]);
  });

  test.each([
    [10_000, 9_375],
    [900_000, 27_000],
    [undefined, 27_000],
  ])(
    "of %o ms ends the wait for work that hangs after %i ms, with the answer",
    async (remainingMs, returnMs) => {
      vi.useFakeTimers();
      const { webhooks, handler } = receiving();
      webhooks.on("*", (_event, { waitUntil }) => waitUntil(new Promise(() => {})));
      const done = vi.fn();
      const result = handler(delivered(), remainingMs === undefined ? undefined : leaving(remainingMs));
      void result.then(done);
      await vi.advanceTimersByTimeAsync(returnMs - 50);
      expect(done).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(50);
      expect(await result).toMatchObject({ statusCode: 200 });
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});

test("without parentheses, an invocation fails with a message that asks for them", () => {
  const handler = mintfaxWebhooks as unknown as (event: unknown, context: unknown) => unknown;
  expect(() => handler(delivered(), {})).toThrow("write toLambda(mintfaxWebhooks())");
});

// Threat: T02
test("without a secret, mintfaxWebhooks() throws", () => {
  vi.stubEnv("MINTFAX_WEBHOOK_SECRET", undefined);
  expect(() => mintfaxWebhooks()).toThrow(/MINTFAX_WEBHOOK_SECRET is not set/);
});
