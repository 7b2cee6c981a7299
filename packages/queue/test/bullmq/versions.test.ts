import { createFetchHandler, createMemoryStore, type EventPattern } from "@mintfax-webhooks/core";
import { createWorker, handOff, type WorkerRecord } from "@mintfax-webhooks/queue";
import {
  bullmqParked,
  bullmqProcessor,
  bullmqQueue,
  bullmqWorkerOptions,
} from "@mintfax-webhooks/queue/bullmq";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import * as bullmq6 from "bullmq";
import * as bullmq5 from "bullmq5";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { messageOf } from "../cloudflare/message.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const VERSIONS = { "bullmq 5 lowest": bullmq5 as unknown as typeof bullmq6, "bullmq 6": bullmq6 };

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start("--appendonly", "yes");
});
afterAll(() => redis.stop());

describe.runIf(HAS_REDIS).each(Object.entries(VERSIONS))("%s", (version, { Queue, Worker }) => {
  let opened = 0;

  /** A receiver and, once started, a worker of one queue. */
  async function open(
    options: { retryForMs?: number; pattern?: EventPattern; handler?: () => unknown } = {},
  ) {
    const { retryForMs, pattern = "*", handler = () => {} } = options;
    opened += 1;
    const connection = { url: redis.url };
    const prefix = `${version.replaceAll(" ", "-")}-${opened}`;
    const bullmq = new Queue("mintfax", { connection, prefix });
    onTestFinished(() => bullmq.close());
    const queue = bullmqQueue(bullmq, retryForMs === undefined ? {} : { retryForMs });
    const webhooks = createFetchHandler({ secret: SECRET, store: createMemoryStore(), onOutcome: () => {} });
    webhooks.on("*", handOff(queue));
    const outcomes: WorkerRecord[] = [];
    const worker = createWorker({
      store: createMemoryStore(),
      onOutcome: (record) => outcomes.push(record),
      onParked: () => {},
    }).on(pattern, handler as () => void);
    const startWorker = async (more: object = {}): Promise<bullmq6.Worker> => {
      const bullmqWorker = new Worker("mintfax", bullmqProcessor(worker), {
        ...bullmqWorkerOptions(),
        connection,
        prefix,
        stalledInterval: 50,
        ...more,
      });
      onTestFinished(() => bullmqWorker.close());
      await bullmqWorker.waitUntilReady();
      return bullmqWorker;
    };
    const until = (id: string, state: string): Promise<void> =>
      vi.waitFor(async () => expect(await bullmq.getJobState(`${id}@mintfax`)).toBe(state), {
        timeout: 30_000,
      });
    return {
      bullmq,
      queue,
      webhooks,
      worker,
      outcomes,
      startWorker,
      parked: bullmqParked(bullmq),
      attempt: async (event: ReturnType<typeof eventFixture>) =>
        (await createTestSender({ secret: SECRET, to: webhooks }).attempt(event)).status,
      job: async (id: string) => (await bullmq.getJob(`${id}@mintfax`)) as bullmq6.Job,
      /** Resolves once the event's job is in this state. */
      until,
      /** As often as that, a worker takes the event's job and dies. */
      async kill(id: string, times: number) {
        const janitor = await startWorker({ autorun: false });
        // The first look marks what is active, the second one moves what has no lock.
        await janitor.startStalledCheckTimer();
        for (let kills = 1; kills <= times; kills += 1) {
          // Takes the job, never says that it is done, and does not renew its lock.
          const killed = new Worker("mintfax", null, { connection, prefix, lockDuration: 1 });
          await vi.waitFor(
            async () => expect(await killed.getNextJob(`token-${kills}`, { block: false })).toBeDefined(),
            { timeout: 30_000 },
          );
          await killed.close();
          await until(id, "waiting");
        }
        await janitor.close();
      },
    };
  }

  test("an event is handed off, worked on once, and kept for a day", async () => {
    const { attempt, startWorker, until, outcomes, job } = await open();
    const event = eventFixture("fax.delivered");
    expect(await attempt(event)).toBe(200);
    expect((await job(event.id)).opts).toMatchObject({
      removeOnComplete: { age: 86_400 },
      removeOnFail: false,
    });
    await startWorker();
    await until(event.id, "completed");
    expect(outcomes).toMatchObject([{ outcome: "processed", id: event.id, attempt: 1, action: "finish" }]);
  });

  test("an event that BullMQ drops for an option of the queue is refused, and the message names the option", async () => {
    const { bullmq, queue } = await open();
    // BullMQ 5 has the option debounce; what it does to a job is the same with both.
    const add = bullmq.add.bind(bullmq);
    const dropping = (name: string, data: object, options: object) =>
      add(name, data, { ...options, deduplication: { id: "reports" } });
    Object.assign(bullmq, { add: dropping });
    const context = { tx: undefined, signal: AbortSignal.timeout(60_000) };
    expect(await queue.enqueue(messageOf(eventFixture("fax.failed")), context)).toBe("queued");
    await expect(queue.enqueue(messageOf(eventFixture("fax.failed")), context)).rejects.toMatchObject({
      code: "queue_misconfigured",
      message: expect.stringContaining("defaultJobOptions"),
    });
  });

  test("an id that is a number, has a colon or another namespace's name makes a job of its own", async () => {
    const { queue, bullmq } = await open();
    const signal = new AbortController().signal;
    const { type, created } = eventFixture("fax.delivered");
    const put = (id: string, namespace: string) =>
      queue.enqueue(
        { version: 1, namespace, id, type, created, enqueuedAt: 0, body: "{}" },
        { tx: undefined, signal },
      );
    const names: [string, string][] = [
      ["12345", "mintfax"],
      ["0", "mintfax"],
      ["a:b", "c"],
      ["a", "b:c"],
      ["a@b", "c"],
      ["a", "b@c"],
      ["漢字", "mintfax"],
    ];
    for (const [id, namespace] of names) expect(await put(id, namespace)).toBe("queued");
    for (const [id, namespace] of names) expect(await put(id, namespace)).toBe("known");
    expect(await bullmq.getJobCounts("waiting")).toMatchObject({ waiting: names.length });
  });

  test("a copy of a message that waits is known; a finished one does not swallow a replay", async () => {
    const { attempt, webhooks, worker, startWorker, until, outcomes, bullmq } = await open();
    const event = eventFixture("fax.delivered");
    await attempt(event);
    await webhooks.forget(event.id);
    expect(await attempt(event)).toBe(200);
    expect(await bullmq.getJobCounts("waiting")).toMatchObject({ waiting: 1 });
    const first = await startWorker();
    await until(event.id, "completed");
    await first.close();
    await webhooks.forget(event.id);
    await worker.forget(event.id);
    expect(await attempt(event)).toBe(200);
    await startWorker();
    await until(event.id, "completed");
    expect(outcomes.map(({ outcome, attempt }) => [outcome, attempt])).toEqual([
      ["processed", 1],
      ["processed", 1],
    ]);
  });

  test("a handler that fails is tried again after 10 s, 20 s, up to an hour, each give or take a quarter", async () => {
    const { attempt, startWorker, until, outcomes, job } = await open({
      handler: () => Promise.reject(new Error("patient 555-0100")),
    });
    const event = eventFixture("fax.delivered");
    await attempt(event);
    await startWorker();
    for (const [index, seconds] of [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600].entries()) {
      await vi.waitFor(() => expect(outcomes).toHaveLength(index + 1), { timeout: 30_000 });
      await until(event.id, "delayed");
      const { delay, attemptsMade, failedReason, stacktrace } = await job(event.id);
      expect(delay / 1_000).toBeGreaterThanOrEqual(0.75 * seconds);
      expect(delay / 1_000).toBeLessThanOrEqual(1.25 * seconds);
      expect(attemptsMade).toBe(index + 1);
      expect(JSON.stringify({ failedReason, stacktrace })).not.toContain("555-0100");
      expect(stacktrace).toHaveLength(1);
      await (await job(event.id)).promote();
    }
    expect(outcomes[3]).toMatchObject({ outcome: "failed", action: "retry", attempt: 4 });
  });

  test("three days of retries are 81 attempts; after the last one the message is parked", async () => {
    const { attempt, bullmq, startWorker, until, outcomes, job } = await open({
      handler: () => Promise.reject(new Error("no")),
    });
    const event = eventFixture("fax.delivered");
    await attempt(event);
    expect((await job(event.id)).opts.attempts).toBe(81);
    // As after 80 failures: the hash of a job has `atm`.
    const client = await ((bullmq as { client?: Promise<{ hset(...args: unknown[]): unknown }> }).client ??
      bullmq.getBackend().client);
    await client.hset(bullmq.toKey(`${event.id}@mintfax`), { atm: 80 });
    await startWorker();
    await until(event.id, "failed");
    expect(outcomes).toMatchObject([{ outcome: "failed", action: "park" }]);
  });

  test("what has no handler is parked at once: listed, shown, tried again, dropped", async () => {
    const { attempt, startWorker, until, parked, worker, outcomes } = await open({ pattern: "balance.low" });
    const [first, second] = [eventFixture("fax.delivered"), eventFixture("fax.delivered")];
    await startWorker();
    for (const { id } of [first, second]) {
      await attempt(id === first.id ? first : second);
      await until(id, "failed");
    }
    const key = `${first.id}@mintfax`;
    const listed = await parked.list();
    expect(listed.map((message) => message.key)).toEqual([key, `${second.id}@mintfax`]);
    expect(await parked.list(1)).toHaveLength(1);
    expect(await parked.get(key)).toEqual({
      key,
      message: expect.objectContaining({ id: first.id, type: "fax.delivered" }),
      parkedAt: expect.any(Date),
      attempts: 1,
      reason: expect.stringContaining("No handler"),
    });
    worker.on("fax.*", () => {});
    expect(await parked.retry(key)).toBe(true);
    await until(first.id, "completed");
    expect(outcomes.at(-1)).toMatchObject({ outcome: "processed", attempt: 1 });
    expect(await parked.retry(key)).toBe(false);
    expect(await parked.drop(key)).toBe(false);
    expect(await parked.get(key)).toBe(undefined);
    expect(await parked.drop(`${second.id}@mintfax`)).toBe(true);
    expect(await parked.list()).toEqual([]);
    expect(await parked.retry("unknown")).toBe(false);
  });

  test("an event that comes again while it is parked is worked on, as it came now", async () => {
    const { attempt, webhooks, startWorker, until, parked, worker, job, outcomes } = await open({
      pattern: "balance.low",
      retryForMs: 0,
    });
    const event = eventFixture("fax.delivered");
    await startWorker();
    await attempt(event);
    await until(event.id, "failed");
    const before = ((await job(event.id)).data as { enqueuedAt: number }).enqueuedAt;
    worker.on("fax.*", () => {});
    await webhooks.forget(event.id);
    expect(await attempt(event)).toBe(200);
    await until(event.id, "completed");
    expect(outcomes.at(-1)).toMatchObject({ outcome: "processed", attempt: 1 });
    expect(((await job(event.id)).data as { enqueuedAt: number }).enqueuedAt).toBeGreaterThan(before);
    expect(await parked.list()).toEqual([]);
  });

  test("a message whose worker is killed again and again is worked on all the same", async () => {
    const { attempt, kill, startWorker, until, outcomes } = await open();
    const event = eventFixture("fax.delivered");
    await attempt(event);
    await kill(event.id, 3);
    await startWorker();
    await until(event.id, "completed");
    expect(outcomes).toMatchObject([{ outcome: "processed", attempt: 4 }]);
  });

  test("a message whose workers were killed 20 times, more often than it may fail, is parked without another run", async () => {
    const handler = vi.fn();
    const { attempt, kill, startWorker, until, outcomes, parked } = await open({ retryForMs: 0, handler });
    const event = eventFixture("fax.failed");
    await attempt(event);
    await kill(event.id, 20);
    await startWorker();
    await until(event.id, "failed");
    expect(outcomes).toMatchObject([
      { id: event.id, code: "message_abandoned", action: "park", attempt: 21 },
    ]);
    expect(await parked.list()).toMatchObject([
      { reason: expect.stringContaining("20 of its attempts had no end") },
    ]);
    expect(handler).not.toHaveBeenCalled();
  });

  test("a Worker that parks after a second kill is told of, once", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => said.mockRestore());
    const { attempt, startWorker, until } = await open();
    await startWorker({ maxStalledCount: 1 });
    for (const event of [eventFixture("fax.delivered"), eventFixture("fax.delivered")]) {
      await attempt(event);
      await until(event.id, "completed");
    }
    const lines = said.mock.calls.flat().filter((line) => String(line).includes("maxStalledCount"));
    expect(lines).toEqual([expect.stringContaining("the Worker has maxStalledCount 1")]);
  });

  test("the handler is told when BullMQ takes the message away", async () => {
    const aborted = vi.fn();
    const { attempt, startWorker } = await open({
      handler: ((_event: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise<void>((resolve) => {
          bullmqWorker.cancelAllJobs("shutting down");
          if (signal.aborted) aborted();
          signal.addEventListener("abort", () => aborted());
          setTimeout(resolve, 50);
        })) as () => unknown,
    });
    const event = eventFixture("fax.delivered");
    const bullmqWorker = await startWorker();
    await attempt(event);
    await vi.waitFor(() => expect(aborted).toHaveBeenCalledTimes(1), { timeout: 30_000 });
  });
});
