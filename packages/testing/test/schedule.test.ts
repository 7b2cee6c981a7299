import { createFetchHandler, type OutcomeRecord } from "@mintfax-webhooks/core";
import {
  ATTEMPT_TIMEOUT_MS,
  bodyText,
  createManualClock,
  createTestSender,
  eventFixture,
  type FetchTarget,
  RETRY_DELAYS_MS,
} from "@mintfax-webhooks/testing";
import { Webhook } from "standardwebhooks";
import { collectGarbage } from "test-support/collect-garbage";
import { describe, expect, test } from "vitest";
import { NEW_SECRET, SECRET } from "./support/secrets.ts";

const START_MS = 1_747_173_600_000;
const event = eventFixture("fax.delivered");

/** A receiver that answers with one status after the other, and keeps what it was sent. */
function receiver(...statuses: number[]) {
  const requests: { headers: Record<string, string>; body: Uint8Array; signal: AbortSignal }[] = [];
  const target: FetchTarget = async (request) => {
    const { headers, signal } = request;
    requests.push({
      headers: Object.fromEntries(headers),
      body: new Uint8Array(await request.arrayBuffer()),
      signal,
    });
    return new Response(`answer ${requests.length}`, { status: statuses[requests.length - 1] ?? 500 });
  };
  return { target, requests };
}

test("the constants are mintfax's", () => {
  expect(RETRY_DELAYS_MS).toEqual([10_000, 100_000, 1_000_000]);
  expect(ATTEMPT_TIMEOUT_MS).toBe(30_000);
});

describe("deliver", () => {
  test("attempts at 0, 10, 110 and 1110 s, then no more", async () => {
    const clock = createManualClock(START_MS);
    const { target, requests } = receiver();
    const sender = createTestSender({ secret: SECRET, to: target, clock });
    const report = await clock.runUntil(sender.deliver(event));
    expect(report).toEqual({
      id: event.id,
      accepted: false,
      attempts: [0, 10_000, 110_000, 1_110_000].map((afterMs, index) => ({
        number: index + 1,
        status: 500,
        body: `answer ${index + 1}`,
        error: null,
        startedMs: START_MS + afterMs,
        durationMs: 0,
        manual: false,
      })),
    });
    await clock.advance(10_000_000);
    expect(requests).toHaveLength(4);
  });

  test("waits from the end of an attempt", async () => {
    const clock = createManualClock(START_MS);
    const to: FetchTarget = async () => {
      await clock.sleep(5_000);
      return new Response(null, { status: 503 });
    };
    const report = await clock.runUntil(createTestSender({ secret: SECRET, to, clock }).deliver(event));
    expect(report.attempts.map(({ startedMs }) => startedMs - START_MS)).toEqual([
      0, 15_000, 120_000, 1_125_000,
    ]);
    expect(report.attempts.map(({ durationMs }) => durationMs)).toEqual([5_000, 5_000, 5_000, 5_000]);
  });

  test.each([
    [200, 1],
    [204, 1],
    [299, 1],
    [302, 2],
    [400, 2],
    [410, 2],
    [429, 2],
  ])("a %i ends it at attempt %i", async (status, count) => {
    const clock = createManualClock(START_MS);
    const to: FetchTarget = (request) =>
      new Response(null, { status: requests.push(request) === 1 ? status : 200 });
    const requests: Request[] = [];
    const report = await clock.runUntil(createTestSender({ secret: SECRET, to, clock }).deliver(event));
    expect([report.accepted, report.attempts.length, requests.length]).toEqual([true, count, count]);
  });

  test("every attempt has the same id and bytes, but a new timestamp and signature", async () => {
    const clock = createManualClock(START_MS);
    const { target, requests } = receiver();
    const changing = structuredClone(event);
    const sender = createTestSender({ secret: SECRET, to: target, clock });
    const { done } = sender.start(changing);
    Object.assign(changing.data.object, { pages: 99 });
    await clock.runUntil(done);

    const bytes = new TextEncoder().encode(bodyText(event));
    expect(requests.map(({ body }) => body)).toEqual([bytes, bytes, bytes, bytes]);
    expect(new Set(requests.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([event.id]));
    expect(requests.map(({ headers }) => headers["webhook-timestamp"])).toEqual([
      "1747173600",
      "1747173610",
      "1747173710",
      "1747174710",
    ]);
    expect(new Set(requests.map(({ headers }) => headers["webhook-signature"])).size).toBe(4);
    for (const { headers, body } of requests) {
      const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
      const signature = new Webhook(SECRET).sign(event.id, at, new TextDecoder().decode(body));
      expect(headers).toMatchObject({
        "webhook-signature": signature,
        "content-type": "application/json",
        "user-agent": "mintfax-webhooks/1.0",
        "request-id": expect.stringMatching(/^req_/),
      });
    }
  });

  test("takes a body as a string, and another id", async () => {
    const { target, requests } = receiver(200, 200);
    const sender = createTestSender({ secret: SECRET, to: target });
    expect((await sender.deliver("not json", { id: "evt_1" })).id).toBe("evt_1");
    expect((await sender.attempt(event, { id: "evt_2" })).status).toBe(200);
    expect(requests.map(({ headers }) => headers["webhook-id"])).toEqual(["evt_1", "evt_2"]);
    expect(new TextDecoder().decode(requests[0]?.body)).toBe("not json");
    await expect(sender.deliver("not json")).rejects.toThrow(TypeError);
    expect(() => sender.start("not json")).toThrow(TypeError);
    await expect(sender.attempt("not json")).rejects.toThrow(TypeError);
  });

  test("attempt does not retry", async () => {
    const clock = createManualClock(START_MS);
    const { target, requests } = receiver();
    const sender = createTestSender({ secret: SECRET, to: target, clock });
    expect(await sender.attempt(event)).toMatchObject({ number: 1, status: 500, manual: false });
    await clock.advance(2_000_000);
    expect(requests).toHaveLength(1);
  });
});

describe("the time limit", () => {
  test("cuts an attempt off after 30 s, aborts the request, and counts as a failure", async () => {
    const clock = createManualClock(START_MS);
    const signals: AbortSignal[] = [];
    const to: FetchTarget = (request) => {
      signals.push(request.signal);
      return signals.length < 3 ? new Promise(() => {}) : new Response("at last");
    };
    const { done } = createTestSender({ secret: SECRET, to, clock }).start(event);
    await clock.advance(29_999);
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    await clock.advance(1);
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    await clock.advance(1_000_000);
    const report = await done;
    expect(report.attempts).toMatchObject([
      { status: null, body: null, error: expect.stringContaining("30000 ms"), durationMs: 30_000 },
      { status: null, startedMs: START_MS + 40_000, durationMs: 30_000 },
      { status: 200, body: "at last", error: null, startedMs: START_MS + 170_000, durationMs: 0 },
    ]);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, false]);
  });

  test("aborts the signal of a request of which a handler has kept nothing else", async () => {
    const clock = createManualClock(START_MS);
    const signals: AbortSignal[] = [];
    const to: FetchTarget = ({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const attempt = createTestSender({ secret: SECRET, to, clock }).attempt(event);
    await clock.advance(0);
    collectGarbage();
    await clock.advance(ATTEMPT_TIMEOUT_MS);
    await attempt;
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });

  test("holds no request that was answered", async () => {
    const requests: WeakRef<Request>[] = [];
    const to: FetchTarget = (request) => {
      requests.push(new WeakRef(request));
      return new Response();
    };
    const sender = createTestSender({ secret: SECRET, to });
    for (let sent = 0; sent < 100; sent += 1) await sender.attempt(event);
    // A WeakRef holds what it refers to until the end of the turn.
    await new Promise(setImmediate);
    collectGarbage();
    // The last one may still be in a register.
    expect(requests.filter((request) => request.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });

  test("a receiver that throws what is not an error is one that gave no answer", async () => {
    const to: FetchTarget = () => {
      throw "no database";
    };
    const { status, error } = await createTestSender({ secret: SECRET, to }).attempt(event);
    expect({ status, error }).toEqual({ status: null, error: "no database" });
  });

  test("an answer just inside it counts, one that comes later does not", async () => {
    const clock = createManualClock(START_MS);
    const takes = (ms: number): FetchTarget => {
      return () => clock.sleep(ms).then(() => new Response());
    };
    const inTime = createTestSender({ secret: SECRET, to: takes(29_999), clock });
    expect(await clock.runUntil(inTime.attempt(event))).toMatchObject({ status: 200, durationMs: 29_999 });
    const tooLate = createTestSender({ secret: SECRET, to: takes(30_001), clock });
    expect(await clock.runUntil(tooLate.attempt(event))).toMatchObject({ status: null, durationMs: 30_000 });
  });

  test("can be set", async () => {
    const clock = createManualClock(START_MS);
    const to: FetchTarget = () => new Promise(() => {});
    const attempt = createTestSender({ secret: SECRET, to, clock, timeoutMs: 700 }).attempt(event);
    await clock.advance(700);
    expect(await attempt).toMatchObject({ error: expect.stringContaining("700 ms"), durationMs: 700 });
  });

  test("keeps the status when only the body hangs", async () => {
    const clock = createManualClock(START_MS);
    let cancelled = false;
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(new TextEncoder().encode("the begin")),
      cancel: () => {
        cancelled = true;
      },
    });
    const sender = createTestSender({ secret: SECRET, to: () => new Response(body), clock });
    const attempt = sender.attempt(event);
    await clock.advance(30_000);
    expect(await attempt).toMatchObject({ status: 200, body: "the begin", error: null, durationMs: 30_000 });
    expect(cancelled).toBe(true);
  });
});

describe("timeScale", () => {
  test("shortens the waits, not the time limit, and leaves timestamps true", async () => {
    const clock = createManualClock(START_MS);
    const seconds: (string | null)[] = [];
    const to: FetchTarget = (request) => {
      seconds.push(request.headers.get("webhook-timestamp"));
      return seconds.length === 2 ? new Promise(() => {}) : new Response(null, { status: 500 });
    };
    const sender = createTestSender({ secret: SECRET, to, clock, timeScale: 0.1 });
    const report = await clock.runUntil(sender.deliver(event));
    expect(report.attempts.map(({ startedMs }) => startedMs - START_MS)).toEqual([0, 1_000, 41_000, 141_000]);
    expect(report.attempts.map(({ durationMs }) => durationMs)).toEqual([0, 30_000, 0, 0]);
    expect(seconds).toEqual(["1747173600", "1747173601", "1747173641", "1747173741"]);
  });

  test("in real time", async () => {
    const { target } = receiver(500, 500, 500, 200);
    const before = Date.now();
    const sender = createTestSender({ secret: SECRET, to: target, timeScale: 0.000_01 });
    const report = await sender.deliver(event);
    expect(report.accepted).toBe(true);
    expect(report.attempts).toHaveLength(4);
    expect(report.attempts[0]?.startedMs).toBeGreaterThanOrEqual(before);
    expect(report.attempts[3]?.startedMs).toBeLessThanOrEqual(Date.now());
  });
});

describe("retryNow", () => {
  test("makes an attempt at once, beside one under way; the schedule goes on as before", async () => {
    const clock = createManualClock(START_MS);
    let count = 0;
    const to: FetchTarget = async () => {
      count += 1;
      if (count > 1) return new Response(`answer ${count}`);
      await clock.sleep(20_000);
      return new Response("slow", { status: 500 });
    };
    const sender = createTestSender({ secret: SECRET, to, clock });
    const { id, done, retryNow } = sender.start(event);
    await clock.advance(8_000);
    const manual = await retryNow();
    expect(manual).toEqual({
      number: 2,
      status: 200,
      body: "answer 2",
      error: null,
      startedMs: START_MS + 8_000,
      durationMs: 0,
      manual: true,
    });
    const report = await clock.runUntil(done);
    expect(id).toBe(event.id);
    expect(report.attempts).toMatchObject([
      { number: 1, status: 500, startedMs: START_MS, durationMs: 20_000, manual: false },
      manual,
      { number: 3, status: 200, startedMs: START_MS + 30_000, manual: false },
    ]);
  });

  test("works after the schedule's end", async () => {
    const clock = createManualClock(START_MS);
    const { target } = receiver(500, 500, 500, 500, 200);
    const { done, retryNow } = createTestSender({ secret: SECRET, to: target, clock }).start(event);
    expect((await clock.runUntil(done)).accepted).toBe(false);
    expect(await retryNow()).toMatchObject({ number: 5, status: 200, manual: true });
  });

  test("the report waits for a manual attempt, and counts it", async () => {
    const clock = createManualClock(START_MS);
    let count = 0;
    const to: FetchTarget = async () => {
      count += 1;
      if (count < 5) return new Response(null, { status: 500 });
      await clock.sleep(9_000);
      return new Response();
    };
    const { done, retryNow } = createTestSender({ secret: SECRET, to, clock }).start(event);
    await clock.advance(1_109_999);
    // Attempt 4 by its number, the last of the schedule comes a millisecond later.
    void retryNow();
    await clock.advance(0);
    void retryNow();
    const report = await clock.runUntil(done);
    expect(report.attempts.map(({ number, status, manual }) => [number, status, manual])).toEqual([
      [1, 500, false],
      [2, 500, false],
      [3, 500, false],
      [4, 500, true],
      [5, 200, true],
      [6, 200, false],
    ]);
    expect(report.accepted).toBe(true);
    expect(clock.nowMs()).toBe(START_MS + 1_119_000);
  });
});

test("the report waits for a manual retry that starts while it waits for another one", async () => {
  const answers: ((response: Response) => void)[] = [];
  const to: FetchTarget = () => new Promise((resolve) => answers.push(resolve));
  const sender = createTestSender({ secret: SECRET, to, clock: createManualClock() });
  const { done, retryNow } = sender.start(event);
  const first = retryNow();
  answers[0]?.(new Response());
  // The schedule ends with its first attempt; only the first retry is left to wait for.
  await new Promise((resolve) => setImmediate(resolve));
  const second = retryNow();
  answers[1]?.(new Response());
  await first;
  answers[2]?.(new Response());
  const { attempts } = await done;
  expect(attempts.map(({ number, status }) => [number, status])).toEqual([
    [1, 200],
    [2, 200],
    [3, 200],
  ]);
  await second;
});

describe("rotate", () => {
  const records: OutcomeRecord[] = [];
  const webhooks = createFetchHandler({
    secret: [NEW_SECRET],
    toleranceSeconds: 3_600,
    onOutcome: (record) => records.push(record),
  }).on("fax.*", () => {});

  test("changes the signature of events already under way", async () => {
    const clock = createManualClock();
    const sender = createTestSender({ secret: SECRET, to: webhooks, clock });
    const { done } = sender.start(event);
    await clock.advance(5_000);
    sender.rotate([SECRET, NEW_SECRET]);
    const report = await clock.runUntil(done);
    expect(report.attempts.map(({ status }) => status)).toEqual([400, 200]);
    expect(records.map(({ code, secretIndex }) => [code, secretIndex])).toEqual([
      ["signature_mismatch", undefined],
      [undefined, 0],
    ]);
  });

  test("a secret that cannot sign throws at once", () => {
    const sender = createTestSender({ secret: SECRET, to: webhooks });
    expect(() => sender.rotate([])).toThrow("No secret to sign with");
    expect(() => createTestSender({ secret: "whsec_!", to: webhooks })).toThrow();
  });
});

test("a real receiver: a handler that fails twice and then works", async () => {
  const clock = createManualClock();
  const seen: string[] = [];
  const webhooks = createFetchHandler({ secret: SECRET, toleranceSeconds: 3_600, onOutcome: () => {} }).on(
    "fax.delivered",
    ({ id }) => {
      if (seen.push(id) < 3) throw new Error("not yet");
    },
  );
  const sender = createTestSender({ secret: SECRET, to: webhooks, clock });
  const report = await clock.runUntil(sender.deliver(event));
  expect(report.attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
  expect(JSON.parse(report.attempts[2]?.body ?? "")).toEqual({ outcome: "processed", id: event.id });
  expect(seen).toEqual([event.id, event.id, event.id]);
  expect((await sender.attempt(event)).body).toContain("duplicate");
});

test("a fetch handler that throws counts as a failure", async () => {
  const to: FetchTarget = () => {
    throw new RangeError("broken");
  };
  expect(await createTestSender({ secret: SECRET, to }).attempt(event)).toMatchObject({
    status: null,
    body: null,
    error: "RangeError: broken",
  });
});
