import { createFetchHandler } from "@mintfax-webhooks/core";
import { fromRequest } from "@mintfax-webhooks/core/adapter";
import { envelope, macOf, SECRET } from "conformance/hostile";
import fc from "fast-check";
import { runs } from "test-support/property-runs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Tally } from "./tally.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What comes next, and after how long: never at the very moment of a timeout, which ends in 5. */
interface Step {
  readonly afterMs: number;
  readonly does: Uint8Array | "close" | "break";
}

const afterMs = fc.oneof(
  fc.constant(0),
  fc.nat({ max: 9 }).map((tens) => tens * 10),
);
const chunk: fc.Arbitrary<Step> = fc.record({ afterMs, does: fc.uint8Array({ maxLength: 30 }) });
const end: fc.Arbitrary<Step> = fc.record({
  afterMs,
  does: fc.constantFrom("close", "close", "close", "break"),
});
const steps = fc.tuple(fc.array(chunk, { maxLength: 12 }), end).map(([chunks, last]) => [...chunks, last]);
const limits = fc.record({
  limitBytes: fc.integer({ min: 0, max: 120 }),
  timeoutMs: fc.nat({ max: 40 }).map((tens) => tens * 10 + 5),
});

/** The first thing to end it decides. */
function expectedOf(
  steps: readonly Step[],
  { limitBytes, timeoutMs }: { readonly limitBytes: number; readonly timeoutMs: number },
): string {
  let nowMs = 0;
  const bytes: number[] = [];
  for (const { afterMs, does } of steps) {
    nowMs += afterMs;
    if (nowMs > timeoutMs) return "body_timeout";
    if (does === "break") return "body_incomplete";
    if (does === "close") break;
    bytes.push(...does);
    if (bytes.length > limitBytes) return "body_too_large";
  }
  return Buffer.from(bytes).toString("hex");
}

/** @param onOver called when it has ended, or was told to */
function streamOf(steps: readonly Step[], onOver: () => void = () => {}): ReadableStream<Uint8Array> {
  const left = [...steps];
  return new ReadableStream({
    async pull(controller) {
      const step = left.shift();
      if (step === undefined) return;
      if (step.afterMs > 0) await new Promise((resolve) => setTimeout(resolve, step.afterMs));
      if (typeof step.does !== "string") {
        controller.enqueue(step.does);
        return;
      }
      if (step.does === "break") controller.error(new Error("the connection is gone"));
      else controller.close();
      onOver();
    },
    cancel: onOver,
  });
}

function requestOf(body: ReadableStream, headers: Record<string, string> = {}): Request {
  const init = { method: "POST", headers, body, duplex: "half" };
  return new Request("https://clinic.example/", init as RequestInit);
}

test("chunks of any size at any time give the same bytes, or the first reason against, and leave nothing running", async () => {
  const seen = new Tally();
  await fc.assert(
    fc.asyncProperty(steps, limits, async (steps, limits) => {
      const expected = expectedOf(steps, limits);
      const onOver = vi.fn();
      const request = requestOf(streamOf(steps, onOver));
      const reading = fromRequest(request, undefined)
        .readBody(limits)
        .then(
          (bytes) => Buffer.from(bytes).toString("hex"),
          (error) => String(error.code),
        );
      await vi.advanceTimersByTimeAsync(limits.timeoutMs + 1);
      const outcome = await reading;
      seen.add(expected.startsWith("body_") ? expected : "read");
      expect(outcome).toBe(expected);
      // A refused sender is told to stop.
      expect(onOver).toHaveBeenCalled();
      await vi.runAllTimersAsync();
      expect(vi.getTimerCount()).toBe(0);
    }),
    runs(800),
  );
  expect(seen.seen).toEqual(["body_incomplete", "body_timeout", "body_too_large", "read"]);
});

test("a genuine delivery reaches its handler, cut into chunks of any size", async () => {
  const places = fc.array(fc.nat({ max: 400 }), { maxLength: 20 });
  const note = fc.string({ unit: "grapheme", maxLength: 40 });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(places, note, async (places, note) => {
      const id = `evt_cut${count++}`;
      const text = envelope({ data: { object: { id: "fax_1", note } } });
      const body = Buffer.from(text);
      const cuts = [...new Set(places.map((at) => Math.min(at, body.length)))].sort((a, b) => a - b);
      const chunks = [...cuts, body.length].map((to, at) => body.subarray(cuts[at - 1] ?? 0, to));
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const headers = {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${macOf(id, timestamp, body)}`,
      };
      const handler = vi.fn();
      const webhooks = createFetchHandler({ secret: SECRET }).on("*", handler);
      const steps: Step[] = [...chunks.map((does) => ({ afterMs: 0, does })), { afterMs: 0, does: "close" }];
      const response = await webhooks(requestOf(streamOf(steps), headers));
      expect(response.status).toBe(200);
      expect(handler.mock.calls[0]?.[0]).toEqual(JSON.parse(text));
    }),
    runs(400),
  );
});

test("a delivery with one changed byte is refused, cut into chunks of any size", async () => {
  const body = Buffer.from(envelope());
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const headers = {
    "webhook-id": "evt_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${macOf("evt_1", timestamp, body)}`,
  };
  const handler = vi.fn();
  const webhooks = createFetchHandler({ secret: SECRET }).on("*", handler);
  const change = fc.tuple(
    fc.nat({ max: body.length - 1 }),
    fc.integer({ min: 1, max: 255 }),
    fc.nat({ max: body.length }),
  );
  await fc.assert(
    fc.asyncProperty(change, async ([at, by, cut]) => {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ by;
      const steps: Step[] = [
        { afterMs: 0, does: changed.subarray(0, cut) },
        { afterMs: 0, does: changed.subarray(cut) },
        { afterMs: 0, does: "close" },
      ];
      const response = await webhooks(requestOf(streamOf(steps), headers));
      expect([response.status, await response.json()]).toMatchObject([400, { code: "signature_mismatch" }]);
    }),
    runs(400),
  );
  expect(handler).not.toHaveBeenCalled();
});
