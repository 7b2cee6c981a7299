/** What a consumer in workerd does with messages, where Cloudflare's own settings or bindings are against it. */
import { cloudflareParked } from "@mintfax-webhooks/queue/cloudflare";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Ledger } from "conformance/hand-off/ledger";
import { gate } from "test-support/gate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { messageOf } from "./message.ts";
import type { TestQueue } from "./test-queue.ts";
import type { ConsumerSetup } from "./worker/setup.ts";
import { Workerd } from "./workerd.ts";

const HOUR_MS = 3_600_000;

/** As Cloudflare has it by default: three retries, and no dead letter queue. */
let workerd: Workerd;
let opened: TestQueue;
let ledger: Ledger;

beforeAll(async () => {
  workerd = await Workerd.start(20);
});
afterAll(() => workerd.stop());
beforeEach(async () => {
  workerd.lines.length = 0;
  opened = await workerd.open();
  ledger = await Ledger.start();
});
afterEach(() => ledger.stop());

const setup = (rest: Omit<ConsumerSetup, "worker"> = {}): ConsumerSetup => ({
  worker: { ledger: ledger.url },
  ...rest,
});
/** A line comes later than what it is about. */
const printed = (line: RegExp) => vi.waitFor(() => expect(workerd.lines.join("")).toMatch(line));
const put = (message: unknown) => opened.queue.send(message, { contentType: "json" });

test("after three failures a message is sent anew, and goes on for three days by Cloudflare's defaults", async () => {
  const event = eventFixture("fax.failed");
  ledger.onRun = () => {
    throw new Error("the charts are down");
  };
  opened.consume(setup());
  await put(messageOf(event));
  for (let attempt = 1; ; attempt += 1) {
    const { attempt: counted, action } = await ledger.ended(event.id, attempt);
    expect(counted).toBe(attempt);
    if (action === "park") break;
    await opened.settled();
    // At least one attempt an hour.
    await opened.elapse(HOUR_MS);
  }
  const [parked] = await opened.parked.list();
  expect(parked).toMatchObject({
    attempts: ledger.runs.length,
    reason: expect.stringMatching(/^handler_failed: /),
  });
  expect(ledger.runs.length).toBeGreaterThanOrEqual(71);
  expect(ledger.runs.length).toBeLessThanOrEqual(73);
});

test("a batch of ten is worked on at once, and one that cannot be opened parks itself alone", async () => {
  const events = Array.from({ length: 9 }, () => eventFixture("fax.delivered"));
  const all = gate();
  ledger.onRun = ({ id }) => {
    if (id === plug.id) return;
    if (ledger.runs.length === 10) all.open();
    return all.promise;
  };
  // While its batch waits, the others gather.
  const plug = eventFixture("fax.delivered");
  await put(messageOf(plug));
  await opened.queue.sendBatch([
    ...events.map((event) => ({ body: messageOf(event), contentType: "json" as const })),
    { body: { poison: true }, contentType: "json" },
  ]);
  opened.consume(setup());
  await Promise.all(events.map(({ id }) => ledger.ended(id)));
  await opened.pause();
  expect(await opened.parked.list()).toMatchObject([{ message: { poison: true }, attempts: 1 }]);
});

test("a Worker that ends after the work on a batch: its messages come again, and no handler runs again", async () => {
  const events = Array.from({ length: 5 }, () => eventFixture("fax.delivered"));
  opened.consume(setup({ fault: "ended after the work" }));
  for (const event of events) await put(messageOf(event));
  await Promise.all(events.map(({ id }) => ledger.ended(id)));
  await opened.settled();
  opened.consume(setup());
  await opened.elapse(HOUR_MS);
  for (const { id } of events) expect((await ledger.ended(id, 2)).outcome).toBe("duplicate");
  expect(ledger.runs).toHaveLength(5);
});

test("parked.retry() that cannot send the message leaves its row", async () => {
  const event = eventFixture("fax.queued");
  opened.consume({ worker: { ledger: ledger.url, patterns: ["balance.low"] } });
  await put(messageOf(event));
  await ledger.until("onParked to be called", () => ledger.parked.length === 1);
  await opened.settled();
  const full = cloudflareParked(opened.database, {
    async send() {
      throw new Error("Queue send failed: Storage Limit Exceeded");
    },
  });
  const [row] = await full.list();
  await expect(full.retry(row?.key ?? "")).rejects.toMatchObject({ code: "queue_unavailable" });
  expect(await full.list()).toEqual([row]);
});

test("a message that claims to be from times to come is parked when its own time is over", async () => {
  const event = eventFixture("fax.failed");
  ledger.onRun = () => {
    throw new Error("the charts are down");
  };
  opened.consume(setup({ retryForMs: 1 }));
  await put({ ...messageOf(event), retried: { attempts: 0, sinceMs: 9e15 } });
  expect((await ledger.ended(event.id)).action).toBe("park");
});

// Threat: T15
test("a message that cannot be parked stays in the queue, an alarm says what to run, and it is parked once the table is there", async () => {
  const event = eventFixture("fax.queued");
  opened.consume({ worker: { ledger: ledger.url, patterns: ["balance.low"] }, fault: "no table" });
  await put(messageOf(event));
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await ledger.ended(event.id, attempt);
    await opened.settled();
    await opened.elapse(HOUR_MS);
  }
  await opened.pause();
  await printed(/messages cannot be parked: .*wrangler d1 execute/);
  await printed(/cannot be parked, and waits for 3600 s: .*d1\.sql/);
  expect(workerd.lines.join("")).not.toContain(event.data.object.to);
  opened.consume({ worker: { ledger: ledger.url, patterns: ["balance.low"] } });
  await opened.elapse(HOUR_MS);
  await ledger.until("a row", () => ledger.parked.length >= 7);
  await opened.pause();
  expect(await opened.parked.list()).toMatchObject([{ message: { id: event.id } }]);
});

test("options that cannot be made hold a batch for an hour, and say so", async () => {
  const event = eventFixture("fax.delivered");
  opened.consume(setup({ fault: "options throw" }));
  await put(messageOf(event));
  await opened.ended(1);
  await opened.settled();
  await printed(/makes its options failed; 1 messages wait for 3600 s: .*options that throw/);
  opened.consume(setup());
  await opened.elapse(HOUR_MS - 1);
  expect(ledger.runs).toEqual([]);
  await opened.elapse(1);
  expect((await ledger.ended(event.id)).outcome).toBe("processed");
});

test("where the queue takes no message, Cloudflare's own retry is left", async () => {
  const event = eventFixture("fax.delivered");
  ledger.onRun = ({ attempt }) => {
    if (attempt < 4) throw new Error("not yet");
  };
  opened.consume(setup({ fault: "queue throws" }));
  await put(messageOf(event));
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    await ledger.ended(event.id, attempt);
    await opened.settled();
    await opened.elapse(HOUR_MS);
  }
  expect(ledger.outcomes.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "failed", "processed"]);
  await printed(/cannot be sent anew: .*Storage Limit Exceeded/);
});

test.each([
  ["a count below zero", { attempts: -1, sinceMs: 0 }, 1],
  ["texts", { attempts: "7", sinceMs: "0" }, 1],
  ["a list", [7], 1],
  [
    "more attempts than there can be",
    { attempts: Number.MAX_SAFE_INTEGER - 1, sinceMs: 0 },
    Number.MAX_SAFE_INTEGER,
  ],
])("a message whose `retried` is %s is worked on", async (_, retried, attempt) => {
  const event = eventFixture("fax.delivered");
  opened.consume(setup());
  await put({ ...messageOf(event), retried });
  expect(await ledger.ended(event.id)).toMatchObject({ outcome: "processed", attempt });
});

describe.each(["R2", "KV"] as const)("a large body in %s", (kind) => {
  const bodies = () => (kind === "R2" ? opened.r2 : opened.kv) as TestQueue["r2"];
  const large = async (body?: string) => {
    const event = eventFixture("fax.delivered");
    const bodyAt = `mintfax/${event.id}`;
    const { body: own, ...message } = messageOf(event);
    await bodies().put(bodyAt, body ?? own);
    return { event, bodyAt, message: { ...message, bodyAt } };
  };

  test("that is not there yet is waited for", async () => {
    const { event, bodyAt, message } = await large();
    await bodies().delete(bodyAt);
    opened.consume(setup({ largeBodies: kind }));
    await put(message);
    await opened.ended(1);
    await opened.settled();
    await printed(/body is not in the binding largeBodies/);
    await bodies().put(bodyAt, JSON.stringify(event));
    await opened.elapse(60_000);
    expect((await ledger.ended(event.id)).outcome).toBe("processed");
  });

  test("that never comes is parked with its key", async () => {
    const { bodyAt, message } = await large();
    await bodies().delete(bodyAt);
    opened.consume(setup({ largeBodies: kind, retryForMs: 1 }));
    await put(message);
    await opened.ended(1);
    await opened.settled();
    expect(await opened.parked.list()).toMatchObject([
      { message, reason: expect.stringMatching(/^message_abandoned: .*largeBodies/) },
    ]);
    await ledger.until("onParked to be called", () => ledger.parked.at(-1)?.id === message.id);
    expect(await await bodies().get(bodyAt)).toBeNull();
  });

  test("that was worked on: a second delivery of the message is acknowledged, and runs nothing", async () => {
    const { event, message } = await large();
    opened.consume(setup({ largeBodies: kind }));
    await put(message);
    await ledger.ended(event.id);
    await opened.ended(1);
    await opened.settled();
    await put(message);
    await opened.ended(2);
    await opened.elapse(HOUR_MS);
    expect([ledger.runs.length, ledger.outcomes.length]).toEqual([1, 1]);
    expect(await opened.parked.list()).toEqual([]);
  });
});

test("a body in R2 and a consumer without largeBodies: the alarm says which option is missing", async () => {
  const { body: _, ...message } = messageOf(eventFixture("fax.delivered"));
  opened.consume(setup());
  await put({ ...message, bodyAt: "mintfax/1" });
  await opened.ended(1);
  await opened.settled();
  await printed(/cloudflareConsumer\(\) has no option largeBodies/);
});
