import { createFetchHandler } from "@mintfax-webhooks/core";
import { eventFixture, forge, type SignedDelivery, signDelivery, tamper } from "@mintfax-webhooks/testing";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { NEW_SECRET, SECRET } from "./support/secrets.ts";

const textOf = ({ body }: SignedDelivery) => new TextDecoder().decode(body);

/** What a real receiver answers. */
async function answerTo({ headers, body }: SignedDelivery) {
  const webhooks = createFetchHandler({ secret: SECRET }).on("*", () => {});
  const response = await webhooks(new Request("https://localhost/", { method: "POST", headers, body }));
  return [response.status, ((await response.json()) as { code?: string }).code];
}

test("the contract's test vector", () => {
  const text =
    '{"id":"evt_8aZqRm4yT3vK7pNxJ2bH9c","type":"fax.delivered","created":1747173600,"data":{"object":' +
    '{"id":"fax_8aZqRm4yT3vK7pNxJ2bH9c","status":"delivered","to":"+12125551234"}}}';
  const delivery = signDelivery(text, {
    secret: SECRET,
    at: new Date(1747173605_999),
    requestId: "req_1",
  });
  expect(delivery).toEqual({
    id: "evt_8aZqRm4yT3vK7pNxJ2bH9c",
    timestamp: 1747173605,
    headers: {
      "content-type": "application/json",
      "user-agent": "mintfax-webhooks/1.0",
      "request-id": "req_1",
      "webhook-id": "evt_8aZqRm4yT3vK7pNxJ2bH9c",
      "webhook-timestamp": "1747173605",
      "webhook-signature": "v1,to1ENKU/YTPvpGr0YhCTqM+VonqAOndZP4T/rJXwg5A=",
    },
    body: new TextEncoder().encode(text),
  });
});

test("an event goes out as its JSON, under its own id, now", () => {
  const event = eventFixture("fax.delivered", { data: { object: { tags: { clinic: "Zürich 🏥" } } } });
  const before = Math.floor(Date.now() / 1000);
  const delivery = signDelivery(event, { secret: SECRET });
  expect(delivery.id).toBe(event.id);
  expect(delivery.event).toBe(event);
  expect(JSON.parse(textOf(delivery))).toEqual(event);
  expect(delivery.timestamp).toBeGreaterThanOrEqual(before);
  expect(delivery.headers["request-id"]).toMatch(/^req_[A-Za-z0-9]{22}$/);
  expect(signDelivery(event, { secret: SECRET }).headers["request-id"]).not.toBe(
    delivery.headers["request-id"],
  );
  expect(new Webhook(SECRET).verify(textOf(delivery), delivery.headers)).toEqual(event);
});

test("each of several secrets makes a token, in their order", () => {
  const event = eventFixture("fax.queued");
  const at = new Date();
  const signature = (secret: string | string[]) =>
    signDelivery(event, { secret, at }).headers["webhook-signature"];
  expect(signature([NEW_SECRET, SECRET])).toBe(`${signature(NEW_SECRET)} ${signature(SECRET)}`);
});

describe("the id", () => {
  test("can be given for any body", () => {
    const delivery = signDelivery("not json", { secret: SECRET, id: "evt_1" });
    expect([delivery.id, delivery.headers["webhook-id"], textOf(delivery), delivery.event]).toEqual([
      "evt_1",
      "evt_1",
      "not json",
      undefined,
    ]);
    new Webhook(SECRET).verify(textOf(delivery), delivery.headers, { jsonParse: false });
  });

  test.each(["not json", "", "null", "[]", '"evt_1"', "{}", '{"id":7}'])("has to be given for %j", (body) => {
    expect(() => signDelivery(body, { secret: SECRET })).toThrow(
      expect.objectContaining({ name: "TypeError", message: expect.stringContaining("option `id`") }),
    );
  });
});

test("a secret that cannot sign throws", () => {
  const event = eventFixture("fax.queued");
  expect(() => signDelivery(event, { secret: [] })).toThrow("No secret to sign with");
  expect(() => signDelivery(event, { secret: "whsec_!" })).toThrow();
});

describe("deliveries that a receiver must refuse", () => {
  const event = eventFixture("fax.delivered");
  const delivery = signDelivery(event, { secret: SECRET });

  test("a genuine delivery is accepted, for comparison", async () => {
    expect(await answerTo(delivery)).toEqual([200, undefined]);
  });

  test("a forged delivery looks the same, but no known key has signed it", async () => {
    const forged = forge(delivery);
    expect(await answerTo(forged)).toEqual([400, "signature_mismatch"]);
    expect(forged.headers["webhook-signature"]).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect(forged).toEqual({
      ...delivery,
      headers: { ...delivery.headers, "webhook-signature": forged.headers["webhook-signature"] },
    });
    expect(forge(delivery).headers["webhook-signature"]).not.toBe(forged.headers["webhook-signature"]);
  });

  test("a tampered body differs in one byte, and is still JSON", async () => {
    const original = delivery.body.slice();
    const tampered = tamper(delivery);
    expect(await answerTo(tampered)).toEqual([400, "signature_mismatch"]);
    expect(tampered.headers).toEqual(delivery.headers);
    expect(tampered.body).toHaveLength(original.length);
    expect(original.filter((byte, place) => byte !== tampered.body[place])).toHaveLength(1);
    expect(JSON.parse(textOf(tampered))).not.toEqual(event);
    expect(delivery.body).toEqual(original);
  });

  test.each([
    ['{"pages":0}', '{"pages":1}'],
    ['{"pages":-0.5e9}', '{"pages":-0.5e8}'],
    ['{"a":"\\u00e8é"}', '{"a":"\\u00e9é"}'],
    ['{"pages":10}', '{"pages":11}'],
  ])("tampering turns %s into %s", (body, expected) => {
    expect(textOf(tamper(signDelivery(body, { secret: SECRET, id: "evt_1" })))).toBe(expected);
  });

  test("a body without a digit cannot be tampered with", () => {
    expect(() => tamper(signDelivery("{}", { secret: SECRET, id: "evt_1" }))).toThrow(TypeError);
  });

  test("a stale delivery, and one from the future", async () => {
    const shifted = (seconds: number) =>
      signDelivery(event, { secret: SECRET, at: new Date(Date.now() + seconds * 1000) });
    expect(await answerTo(shifted(-302))).toEqual([400, "timestamp_too_old"]);
    expect(await answerTo(shifted(302))).toEqual([400, "timestamp_too_new"]);
    expect(await answerTo(shifted(-290))).toEqual([200, undefined]);
  });
});
