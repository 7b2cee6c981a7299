import middy from "@middy/core";
import httpJsonBodyParser from "@middy/http-json-body-parser";
import { mintfaxWebhooks, toLambda } from "@mintfax-webhooks/lambda";
import { eventFixture, forge, signDelivery, tamper } from "@mintfax-webhooks/testing";
import { describe, expect, test, vi } from "vitest";
import { deliveryTo, EVENTS, LOAD_BALANCER_OF_SEVERAL_VALUES } from "../src/lambda/events.ts";
import { FUNCTIONS, type LambdaResult } from "../src/lambda/functions.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const PATH = "/webhooks/mintfax";
// Text that is other bytes in other encodings.
const event = eventFixture("fax.delivered", {
  data: { object: { tags: { clinic: "Praxis Dr. Müller 🩺" } } },
});

function textOf({ body, isBase64Encoded }: LambdaResult): string {
  return isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
}

describe.each(FUNCTIONS)("$name", ({ create, isMadeFor = () => true }) => {
  describe.each(Object.entries(EVENTS).filter(([inFront]) => isMadeFor(inFront)))(
    "behind %s",
    (_, eventOf) => {
      test.each([true, false])("a body in base64: %s", async (isBase64Encoded) => {
        const outcomes: string[] = [];
        const { webhooks, call } = create({
          secret: SECRET,
          onOutcome: ({ code, outcome }) => outcomes.push(code ?? outcome),
        });
        const handler = vi.fn();
        webhooks.on("fax.delivered", handler);
        const deliver = (delivery: ReturnType<typeof signDelivery>) =>
          call(eventOf(deliveryTo(PATH, delivery, isBase64Encoded)), {});
        const signed = signDelivery(event, { secret: SECRET });

        const refused = [await deliver(forge(signed)), await deliver(tamper(signed))];
        expect(refused.map(({ statusCode }) => statusCode)).toEqual([400, 400]);
        const processed = await deliver(signed);
        expect([processed.statusCode, JSON.parse(textOf(processed))]).toEqual([
          200,
          { outcome: "processed", id: event.id },
        ]);
        expect(JSON.parse(textOf(await deliver(signed)))).toEqual({ outcome: "duplicate", id: event.id });
        expect(handler.mock.calls.map(([received]) => received)).toEqual([event]);
        expect(outcomes).toEqual(["signature_mismatch", "signature_mismatch", "processed", "duplicate"]);

        const get = { method: "GET", headers: { host: "fax.example" }, body: null, isBase64Encoded: false };
        expect(textOf(await call(eventOf({ ...get, path: "/health" }), {}))).toBe("fine");
        expect((await call(eventOf({ ...get, path: PATH }), {})).statusCode).toBe(405);
        await webhooks.drain();
      });
    },
  );
});

test("behind a parser of middy, toLambda says that the body was parsed", async () => {
  const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} });
  const handler = middy()
    .use(httpJsonBodyParser({ disableContentTypeError: true }))
    .handler(toLambda(webhooks) as never);
  const signed = signDelivery(event, { secret: SECRET });
  for (const [inFront, eventOf] of Object.entries(EVENTS)) {
    // It looks for the type of the body in `headers` alone.
    if (inFront === LOAD_BALANCER_OF_SEVERAL_VALUES) continue;
    const { statusCode, body } = (await handler(
      eventOf(deliveryTo(PATH, signed, true)) as never,
      {} as never,
    )) as LambdaResult;
    expect([statusCode, JSON.parse(body).code]).toEqual([500, "body_already_parsed"]);
  }
});
