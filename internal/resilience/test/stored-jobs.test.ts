import { createMemoryStore } from "@mintfax-webhooks/core";
import { createWorker, type QueuedMessage } from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Pool } from "pg";
import { gate } from "test-support/gate";
import { PostgresServer } from "test-support/postgres-server";
import { LIMITS } from "test-support/vitest-settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engineOf } from "../src/faults/hand-off/engines.ts";
import type { EngineKind, EnginePlace } from "../src/faults/hand-off/settings.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url });
  await pool.query("CREATE TABLE enqueued (id text NOT NULL)");
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const JOBS: readonly (readonly [EngineKind, jobs: string, isTriedAgain: string])[] = [
  ["pg-boss", "row_1.job", "state = 'retry'"],
  ["graphile-worker", "row_2._private_jobs", "attempts = 1 AND locked_at IS NULL"],
];

test.each(JOBS)("%s: what is stored counts each time, and what is tried again does not", async (...row) => {
  const [engine, jobs, isTriedAgain] = row;
  const place: EnginePlace = { engine, url: server.url, name: jobs.split(".")[0] ?? "" };
  const { open, tables } = await engineOf(engine);
  const conductor = tables(place);
  await conductor.prepare();
  // Connections end with the server.
  const { queue, startWorker } = await open(place);
  const event = eventFixture("fax.failed");
  const { id, type, created } = event;
  const body = JSON.stringify(event);
  const message: QueuedMessage = { version: 1, namespace: "mintfax", id, type, created, enqueuedAt: 0, body };
  const context = { tx: undefined, signal: AbortSignal.timeout(60_000) };
  const stored = async () => (await pool.query("SELECT id FROM enqueued WHERE id = $1", [id])).rowCount;

  expect(await queue.enqueue(message, context)).toBe("queued");
  expect(await queue.enqueue(message, context)).toBe("known");
  expect(await stored()).toBe(1);

  const hasFailed = gate();
  const worker = createWorker({ store: createMemoryStore(), onOutcome: () => hasFailed.open() }).on(
    "*",
    () => {
      throw new Error("the charts are down");
    },
  );
  const stop = await startWorker(worker as never);
  await hasFailed.promise;
  await stop();
  // An engine may write the failure after its worker has stopped.
  await expect
    .poll(async () => (await pool.query(`SELECT 1 FROM ${jobs} WHERE ${isTriedAgain}`)).rowCount, {
      timeout: LIMITS.testTimeout,
    })
    .toBe(1);
  expect(await stored()).toBe(1);

  await pool.query(`DELETE FROM ${jobs}`);
  const { queue: again } = await open(place);
  expect(await again.enqueue(message, context)).toBe("queued");
  expect(await stored()).toBe(2);
  await conductor.close();
});
