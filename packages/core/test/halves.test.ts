import { createMemoryStore, createVerifier, type WebhookHeaders } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { macOf } from "conformance/hostile";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { afterEach, describe, expect, test, vi } from "vitest";

/**
 * Core has HMAC twice, for Node and for the web. `pnpm mutation` runs this file on both. On the web, signatures take real
 * time, which a fake clock does not wait for.
 */
afterEach(() => {
  vi.useRealTimers();
});

describe("a signature", () => {
  const body = new TextEncoder().encode('{"id":"evt_1"}');
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = macOf("evt_1", timestamp, body, SECRET);
  const other = `whsec_${Buffer.from("another secret of 24 bytes").toString("base64")}`;
  const verifier = createVerifier({ secret: [other, SECRET] });
  const headers = (signature: string) => ({
    "webhook-id": "evt_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": signature,
  });

  test("that was made with one of the secrets holds, and the verdict says with which", async () => {
    const verdict = { ok: true, id: "evt_1", attemptedAt: new Date(Number(timestamp) * 1000) };
    expect(await verifier.verify(headers(`v1,${mac}`), body)).toEqual({ ...verdict, secretIndex: 1 });
    const both = `v1,${mac} v1,${macOf("evt_1", timestamp, body, other)}`;
    expect(await verifier.verify(headers(both), body)).toEqual({ ...verdict, secretIndex: 0 });
  });

  test("with any one character changed does not hold", async () => {
    for (let at = 0; at < mac.length - 1; at++) {
      const changed = mac.slice(0, at) + (mac[at] === "A" ? "Q" : "A") + mac.slice(at + 1);
      expect(await verifier.verify(headers(`v1,${changed}`), body)).toMatchObject({
        code: "signature_mismatch",
      });
    }
  });

  test.each([
    [16, 0],
    [24, 1_000],
    [63, 4_000],
    [64, 4_096],
    [65, 5_000],
    [200, 300_000],
  ])("with a secret of %i bytes over a body of %i bytes is Node's HMAC", async (secretBytes, bodyBytes) => {
    const secret = `whsec_${Buffer.alloc(secretBytes, "clinic").toString("base64")}`;
    // On either side of where a longer body may be hashed in another way.
    for (let length = bodyBytes; length <= bodyBytes + 96; length += 1) {
      const bytes = Buffer.alloc(length, "é");
      const signature = `v1,${macOf("evt_1", timestamp, bytes, secret)}`;
      expect(await createVerifier({ secret }).verify(headers(signature), bytes)).toMatchObject({ ok: true });
    }
  });

  test.each<[string, { readonly body?: Uint8Array } & Partial<WebhookHeaders>]>([
    ["another body", { body: new TextEncoder().encode('{"id":"evt_2"}') }],
    ["no body", { body: new Uint8Array() }],
    ["another id", { "webhook-id": "evt_2" }],
    ["another time", { "webhook-timestamp": String(Number(timestamp) - 1) }],
  ])("does not hold over %s", async (_, { body: bytes = body, ...over }) => {
    const verdict = await verifier.verify({ ...headers(`v1,${mac}`), ...over }, bytes);
    expect(verdict).toEqual({ ok: false, code: "signature_mismatch", message: "No signature matches." });
  });
});

describe("in time", () => {
  const event = eventFixture("fax.delivered");

  /** A delivery whose handler is at work. */
  async function working(store = new BrokenStore(createMemoryStore())) {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const setup = receiving({ store });
    const started = gate();
    const work = gate();
    let signal!: AbortSignal;
    setup.webhooks.on("fax.delivered", (_, context) => {
      signal = context.signal;
      started.open();
      return work.promise;
    });
    const answer = setup.webhooks(attempt(event));
    // If no handler starts, the answer comes.
    await Promise.race([started.promise, answer]);
    return { ...setup, store, answer, work, signal };
  }

  test("a handler is aborted and its delivery answered at the deadline, and not 1 ms earlier", async () => {
    const { answer, signal, work, late, webhooks } = await working();
    await vi.advanceTimersByTimeAsync(24_999);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.aborted).toBe(true);
    expect((await answer).status).toBe(503);
    work.open();
    await webhooks.drain();
    expect(late).toMatchObject([{ outcome: "processed" }]);
  });

  test("a lease is renewed while the handler works; after that it is not, and no timer is left", async () => {
    const { answer, work, store, webhooks, signal } = await working();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(store.calls).toEqual(["claim", "renew"]);
    work.open();
    expect((await answer).status).toBe(200);
    await webhooks.drain();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.calls).toEqual(["claim", "renew", "complete"]);
    expect(signal.aborted).toBe(false);
  });
});
