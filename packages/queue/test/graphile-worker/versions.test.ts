import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { createWorker, handOff, type WorkerRecord } from "@mintfax-webhooks/queue";
import {
  graphileWorkerParked,
  graphileWorkerQueue,
  graphileWorkerUnlock,
} from "@mintfax-webhooks/queue/graphile-worker";
import { eventFixture } from "@mintfax-webhooks/testing";
import type { Pool } from "pg";
import { gate } from "test-support/gate";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { poolOn } from "../postgres/support/pool.ts";
import { VERSIONS } from "./support/graphile-worker.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = poolOn(server.url);
  await createPostgresStore({ pool }).migrate();
  for (const { migrate } of Object.values(VERSIONS)) await migrate(pool);
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

describe.each(Object.entries(VERSIONS))("%s", (_, { schema, work }) => {
  beforeEach(() => pool.query(`TRUNCATE mintfax_webhooks, ${schema}._private_jobs`));

  /** Both stages on one store, as at a small clinic. */
  function stages() {
    const store = createPostgresStore({ pool });
    const { webhooks } = receiving({ store });
    webhooks.on("*", handOff(graphileWorkerQueue(pool, { schema })));
    const records: WorkerRecord[] = [];
    const onOutcome = (record: WorkerRecord) => void records.push(record);
    const worker = createWorker({ store, onOutcome, onParked() {} });
    return { webhooks, worker, records, parked: graphileWorkerParked(pool, { schema }) };
  }

  async function jobs(): Promise<Record<string, unknown>[]> {
    return (await pool.query(`SELECT * FROM ${schema}._private_jobs ORDER BY id`)).rows;
  }
  const noJobs = () => expect.poll(jobs).toEqual([]);

  test("an event is answered with 200 once its job is there; the handler runs once, and the job is deleted", async () => {
    const { webhooks, worker, records } = stages();
    const handler = vi.fn();
    worker.on("fax.delivered", handler);
    const event = eventFixture("fax.delivered");
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await jobs()).toMatchObject([{ attempts: 0, max_attempts: 22, payload: { id: event.id } }]);
    await work(pool, worker);
    await noJobs();
    expect(handler.mock.calls).toEqual([[event, expect.objectContaining({ id: event.id, attempt: 1 })]]);
    expect(records).toMatchObject([{ outcome: "processed", action: "finish" }]);
  });

  test("a waiting job is known, a finished one is not: a replay that both stages have forgotten runs again", async () => {
    const { webhooks, worker } = stages();
    const handler = vi.fn();
    worker.on("*", handler);
    const event = eventFixture("fax.failed");
    await webhooks(attempt(event));
    await webhooks.forget(event.id);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await jobs()).toHaveLength(1);
    await work(pool, worker);
    await noJobs();
    expect(handler).toHaveBeenCalledTimes(1);
    await webhooks.forget(event.id);
    await worker.forget(event.id);
    await webhooks(attempt(event));
    await noJobs();
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("a copy that comes while the job is locked gets a job of its own, and the handler still runs once", async () => {
    const { webhooks, worker, records } = stages();
    const started = gate();
    const finish = gate();
    const handler = vi.fn(() => {
      started.open();
      return finish.promise;
    });
    worker.on("*", handler);
    const event = eventFixture("fax.failed");
    await webhooks(attempt(event));
    await work(pool, worker);
    await started.promise;
    await webhooks.forget(event.id);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await jobs()).toHaveLength(2);
    await expect.poll(() => records.map(({ outcome }) => outcome)).toEqual(["busy"]);
    finish.open();
    await expect.poll(jobs).toMatchObject([{ locked_at: null, attempts: 1 }]);
    await pool.query(`UPDATE ${schema}._private_jobs SET run_at = now()`);
    await noJobs();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("a handler that fails is tried again, and the table has nothing of what it threw", async () => {
    const { webhooks, worker } = stages();
    worker.on("*", () => {
      throw new Error("no chart for +12025550123");
    });
    await webhooks(attempt(eventFixture("fax.failed")));
    const stop = await work(pool, worker);
    await expect.poll(jobs).toMatchObject([{ attempts: 1, locked_at: null }]);
    await stop();
    const [job] = await jobs();
    expect(JSON.stringify([job?.last_error, job?.flags])).not.toContain("chart");
    expect(job?.last_error).toMatch(/^handler_failed: The handler/);
    expect(Number(job?.run_at) - Date.now()).toBeGreaterThan(0);
  });

  test("an event without a handler is parked at once; retried under a worker that has one, it is worked on", async () => {
    const { webhooks, worker, parked } = stages();
    const event = eventFixture("fax.failed");
    await webhooks(attempt(event));
    const stop = await work(pool, worker);
    await expect.poll(() => parked.list()).toHaveLength(1);
    await stop();
    const [message] = await parked.list();
    expect(message).toMatchObject({
      message: { id: event.id, type: "fax.failed" },
      attempts: 1,
      reason: expect.stringContaining("No handler for events of this type"),
    });
    expect(Math.abs(Number(message?.parkedAt) - Date.now())).toBeLessThan(60_000);
    const key = String(message?.key);
    expect(await parked.get(key)).toEqual(message);

    const handler = vi.fn();
    worker.on("*", handler);
    expect(await parked.retry(key)).toBe(true);
    expect(await parked.list()).toEqual([]);
    expect(await parked.retry(key)).toBe(false);
    expect(await jobs()).toMatchObject([{ attempts: 0, max_attempts: 22 }]);
    await work(pool, worker);
    await noJobs();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("a message whose attempts are used up is parked with their number; dropped, it is gone for good", async () => {
    const { webhooks, worker, parked } = stages();
    worker.on("*", () => Promise.reject(new Error("down")));
    await webhooks(attempt(eventFixture("fax.failed")));
    await pool.query(`UPDATE ${schema}._private_jobs SET attempts = 21`);
    const stop = await work(pool, worker);
    await expect.poll(() => parked.list()).toMatchObject([{ attempts: 22 }]);
    await stop();
    const key = String((await parked.list())[0]?.key);
    for (const stranger of ["0", "x", "9".repeat(40)]) {
      expect(await parked.get(stranger)).toBeUndefined();
      expect(await parked.drop(stranger)).toBe(false);
    }
    expect(await parked.drop(key)).toBe(true);
    expect(await jobs()).toEqual([]);
  });

  test("a parked event that is handed off again is worked on, with the new message, and is not parked any more", async () => {
    const { webhooks, worker, parked } = stages();
    const event = eventFixture("fax.failed");
    await webhooks(attempt(event));
    await pool.query(`UPDATE ${schema}._private_jobs SET attempts = max_attempts, payload = '{"version":0}'`);
    expect(await parked.list()).toHaveLength(1);
    await webhooks.forget(event.id);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await parked.list()).toEqual([]);
    expect(await jobs()).toMatchObject([{ attempts: 0, payload: { version: 1 } }]);
    const handler = vi.fn();
    await work(pool, worker.on("*", handler));
    await noJobs();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("a killed worker's job is unlocked after 90 s: tried later and later, and never parked", async () => {
    const { webhooks, worker, records, parked } = stages();
    await webhooks(attempt(eventFixture("fax.failed")));
    const killed = (attempts: string, time: string) =>
      pool.query(
        `UPDATE ${schema}._private_jobs SET attempts = ${attempts}, locked_by = 'killed', locked_at = now() - interval '${time}'`,
      );
    const waits = async () => {
      const wait = "extract(epoch FROM run_at - now())";
      return (await pool.query(`SELECT attempts, ${wait}::int AS seconds FROM ${schema}._private_jobs`)).rows;
    };
    await killed("1", "80 seconds");
    expect(await graphileWorkerUnlock(pool, { schema })).toBe(0);
    await killed("1", "91 seconds");
    expect(await graphileWorkerUnlock(pool, { schema, task: "other" })).toBe(0);
    expect(await graphileWorkerUnlock(pool, { schema })).toBe(1);
    const [{ seconds, ...first }] = await waits();
    expect(first).toEqual({ attempts: 1 });
    expect(seconds).toBeLessThanOrEqual(3);
    await killed("max_attempts", "91 seconds");
    expect(await graphileWorkerUnlock(pool, { schema })).toBe(1);
    const [{ seconds: hours, ...last }] = await waits();
    expect(last).toEqual({ attempts: 21 });
    expect(hours).toBeGreaterThan(6 * 3_600);
    expect(await parked.list()).toEqual([]);
    await pool.query(`UPDATE ${schema}._private_jobs SET run_at = now()`);
    await work(
      pool,
      worker.on("*", () => {}),
    );
    await noJobs();
    expect(records).toMatchObject([{ outcome: "processed", attempt: 22 }]);
  });

  test("a job at work keeps its lock by renewing it every 20 s", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const { webhooks, worker } = stages();
      const started = gate();
      const finish = gate();
      worker.on("*", () => {
        started.open();
        return finish.promise;
      });
      await webhooks(attempt(eventFixture("fax.failed")));
      await work(pool, worker);
      await started.promise;
      await pool.query(`UPDATE ${schema}._private_jobs SET locked_at = now() - interval '91 seconds'`);
      const age = async () =>
        (
          await pool.query(
            `SELECT extract(epoch FROM now() - locked_at)::int AS age FROM ${schema}._private_jobs`,
          )
        ).rows[0].age;
      expect(await age()).toBeGreaterThan(90);
      vi.advanceTimersByTime(20_000);
      vi.useRealTimers();
      await expect.poll(age).toBeLessThan(60);
      expect(await graphileWorkerUnlock(pool, { schema })).toBe(0);
      finish.open();
      await noJobs();
    } finally {
      vi.useRealTimers();
    }
  });
});
