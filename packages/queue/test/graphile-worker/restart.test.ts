import { createMemoryStore } from "@mintfax-webhooks/core";
import { createWorker, handOff, type WorkerRecord } from "@mintfax-webhooks/queue";
import { graphileWorkerQueue } from "@mintfax-webhooks/queue/graphile-worker";
import { eventFixture } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { expect, onTestFinished, test, vi } from "vitest";
import { poolOn } from "../postgres/support/pool.ts";
import { VERSIONS } from "./support/graphile-worker.ts";

/** To end what hangs. */
const PATIENCE = { timeout: 50_000, interval: 100 };

// Without the wait, graphile-worker leaves a rejection unhandled, which ends a process and fails this run.
test.each(Object.entries(VERSIONS))(
  "%s: a handler that fails while PostgreSQL restarts ends no process, and is tried again",
  async (_, { schema, migrate, work }) => {
    const server = await PostgresServer.start();
    onTestFinished(() => server.stop());
    const pool = poolOn(server.url);
    onTestFinished(() => pool.end());
    await migrate(pool);
    const { webhooks } = receiving({ store: createMemoryStore() });
    webhooks.on("*", handOff(graphileWorkerQueue(pool, { schema })));
    const [working, over] = [gate(), gate()];
    const records: WorkerRecord[] = [];
    const worker = createWorker({
      store: createMemoryStore(),
      onOutcome: (record) => records.push(record),
    }).on("*", async () => {
      working.open();
      await over.promise;
      throw new Error("the charts are down");
    });
    await work(pool, worker);
    expect((await webhooks(attempt(eventFixture("fax.failed")))).status).toBe(200);
    await working.promise;
    await server.kill();
    // Its sessions outlive it for a moment, and could still be asked.
    await vi.waitFor(
      () => expect(pool.query("SELECT")).rejects.toMatchObject({ code: "ECONNREFUSED" }),
      PATIENCE,
    );
    over.open();
    await vi.waitFor(() => expect(records).toMatchObject([{ outcome: "failed", action: "retry" }]));
    await server.restart();
    await vi.waitFor(async () => {
      const { rows } = await pool.query(`SELECT last_error, locked_at FROM ${schema}._private_jobs`);
      expect(rows).toEqual([{ last_error: expect.stringContaining("handler_failed"), locked_at: null }]);
    }, PATIENCE);
  },
);
