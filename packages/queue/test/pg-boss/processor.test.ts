import { randomUUID } from "node:crypto";
import type { QueuedMessage } from "@mintfax-webhooks/queue";
import { pgBossParked, pgBossProcessor, pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import { gate } from "test-support/gate";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { CONTEXT, collecting, message } from "./support/messages.ts";
import { TestBoss, VERSIONS } from "./support/pg-boss.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

const HOUR = 3_600;

describe.each(Object.entries(VERSIONS))("%s", (_, Version) => {
  test("a message is worked on once, and its job is completed", async () => {
    const test = await TestBoss.start(server, Version);
    const { worker, records } = collecting();
    const seen: string[] = [];
    worker.on("*", ({ type }, { id, attempt }) => void seen.push(`${type} ${id} ${attempt}`));
    await test.work(pgBossProcessor(worker, test.boss));
    const copy = message();
    await pgBossQueue(test.boss).enqueue(copy, CONTEXT);
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "completed" }]));
    expect(seen).toEqual([`fax.delivered ${copy.id} 1`]);
    expect(records).toMatchObject([{ outcome: "processed", action: "finish" }]);
  });

  test("a replay of a finished message runs the handler again once the worker has forgotten it", async () => {
    const test = await TestBoss.start(server, Version);
    const { worker, records } = collecting();
    worker.on("*", () => {});
    await test.work(pgBossProcessor(worker, test.boss));
    const queue = pgBossQueue(test.boss);
    const copy = message();
    await queue.enqueue(copy, CONTEXT);
    await vi.waitFor(() => expect(records).toMatchObject([{ outcome: "processed" }]));
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "completed" }]));
    expect(await queue.enqueue(copy, CONTEXT)).toBe("queued");
    await vi.waitFor(() => expect(records[1]).toMatchObject({ outcome: "duplicate" }));
    await worker.forget(copy.id);
    expect(await queue.enqueue(copy, CONTEXT)).toBe("queued");
    await vi.waitFor(() => expect(records[2]).toMatchObject({ outcome: "processed" }));
  });

  test("a handler that fails is tried again after 10 s at the soonest, with the attempt counted", async () => {
    const test = await TestBoss.start(server, Version);
    const { worker } = collecting();
    const attempts: number[] = [];
    worker.on("*", (_, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error("not yet");
    });
    await test.work(pgBossProcessor(worker, test.boss));
    await pgBossQueue(test.boss).enqueue(message(), CONTEXT);
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "retry" }]));
    await test.elapse(9);
    expect(await test.jobs()).toMatchObject([{ state: "retry" }]);
    expect(attempts).toEqual([1]);
    await test.elapse(HOUR);
    await vi.waitFor(() => expect(attempts).toEqual([1, 2]));
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "retry" }]));
    await test.elapse(HOUR);
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "completed" }]));
    expect(attempts).toEqual([1, 2, 3]);
  });

  test("in a batch, each message is settled by itself", async () => {
    const test = await TestBoss.start(server, Version);
    const parked = pgBossParked(test.boss, { schema: test.schema });
    const { worker, records } = collecting();
    worker.on("fax.delivered", () => {});
    worker.on("fax.failed", () => {
      throw new Error("a secret of the handler");
    });
    const queue = pgBossQueue(test.boss);
    for (const type of ["fax.delivered", "fax.failed", "fax.sending"] as const) {
      await queue.enqueue(message(type), CONTEXT);
    }
    await test.work(pgBossProcessor(worker, test.boss), 3);
    await vi.waitFor(() => expect(records).toHaveLength(3));
    await vi.waitFor(async () => {
      const states = (await test.jobs()).map(({ state, data }) => `${(data as QueuedMessage).type} ${state}`);
      expect(states.sort()).toEqual(["fax.delivered completed", "fax.failed retry", "fax.sending completed"]);
    });
    expect(await parked.list()).toMatchObject([{ message: { type: "fax.sending" } }]);
  });

  test("what pg-boss stores of a failure holds nothing that the handler threw", async () => {
    const test = await TestBoss.start(server, Version);
    const { worker } = collecting();
    worker.on("*", () => {
      throw Object.assign(new Error("+15550001234"), { patient: "Erika Musterfrau" });
    });
    await test.work(pgBossProcessor(worker, test.boss));
    await pgBossQueue(test.boss).enqueue(message(), CONTEXT);
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "retry" }]));
    const [job] = await test.jobs();
    expect(job?.output).toMatchObject({ name: "MessageFailedError", code: "message_failed" });
    expect(JSON.stringify(job?.output)).not.toMatch(/1555|Erika|processor\.test/);
  });

  test("a job whose worker is killed 30 times is given to the next one each time", async () => {
    const test = await TestBoss.start(server, Version);
    const { worker } = collecting();
    worker.on("*", () => {});
    await pgBossQueue(test.boss).enqueue(message(), CONTEXT);
    for (let killed = 0; killed < 30; killed += 1) {
      expect(await test.boss.fetch("mintfax")).toHaveLength(1);
      await test.sql(
        `UPDATE ${test.schema}.job SET started_on = now() - interval '1 day' WHERE name = 'mintfax'`,
        [],
      );
      await test.elapse(HOUR);
      await test.sql(`UPDATE ${test.schema}.job SET start_after = now() - interval '1s'`, []);
    }
    await test.work(pgBossProcessor(worker, test.boss));
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "completed" }]));
  });

  test("a job whose last attempt had no end is parked without another run, and onParked is told", async () => {
    const test = await TestBoss.start(server, Version);
    const onParked = vi.fn();
    const { worker } = collecting({ onParked });
    const handler = vi.fn();
    worker.on("*", handler);
    const { id } = message();
    await pgBossQueue(test.boss).enqueue({ ...message(), id }, CONTEXT);
    expect(await test.boss.fetch("mintfax")).toHaveLength(1);
    await test.sql(`UPDATE ${test.schema}.job SET started_on = now() - interval '1 day'`, []);
    await test.elapse(HOUR);
    await test.sql(`UPDATE ${test.schema}.job SET start_after = now() - interval '1s'`, []);
    await test.work(pgBossProcessor(worker, test.boss, { retryForMs: 0 }));
    await vi.waitFor(() => expect(onParked).toHaveBeenCalledTimes(1));
    expect(onParked.mock.calls[0]?.[0]).toMatchObject({ id, code: "message_abandoned", attempt: 2 });
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "completed" }]));
    const [parked] = await pgBossParked(test.boss, { schema: test.schema }).list();
    expect(parked?.reason).toContain("message_abandoned: The last attempt had no end");
    expect(handler).not.toHaveBeenCalled();
  });

  test("jobs that expire before the worker's deadline are told of once", async () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    onTestFinished(() => said.mockRestore());
    const test = await TestBoss.start(server, Version, { deadlineMs: 60_000 });
    const { worker, records } = collecting({ deadlineMs: 600_000 });
    worker.on("*", () => {});
    const queue = pgBossQueue(test.boss);
    await queue.enqueue(message(), CONTEXT);
    await queue.enqueue(message(), CONTEXT);
    await test.work(pgBossProcessor(worker, test.boss), 2);
    await vi.waitFor(() => expect(records).toHaveLength(2));
    const lines = said.mock.calls.flat().filter((line) => String(line).includes("deadlineMs"));
    expect(lines).toEqual([
      expect.stringMatching(
        /deadlineMs 600000, but .* after 120 s.*createPgBossQueues\(boss, \{ deadlineMs: 600000 \}\)/,
      ),
    ]);
  });

  test("a job that expires while its handler works is run once", async () => {
    const test = await TestBoss.start(server, Version, { deadlineMs: 1_000 });
    const { worker, records } = collecting();
    const working = gate();
    const over = gate();
    let runs = 0;
    worker.on("*", async () => {
      runs += 1;
      working.open();
      await over.promise;
    });
    const other = new TestBoss(server, Version, test.schema);
    await other.boss.start();
    await test.work(pgBossProcessor(worker, test.boss));
    await pgBossQueue(test.boss).enqueue(message(), CONTEXT);
    await working.promise;
    await other.elapse(HOUR);
    expect(await test.jobs()).toMatchObject([{ state: "retry" }]);
    await other.elapse(HOUR);
    await other.work(pgBossProcessor(worker, other.boss));
    await vi.waitFor(() => expect(records).toMatchObject([{ outcome: "busy", action: "retry" }]));
    over.open();
    await vi.waitFor(() => expect(records).toHaveLength(2));
    expect(records[1]).toMatchObject({ outcome: "processed" });
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "retry" }]));
    await other.elapse(HOUR);
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "completed" }]));
    expect(records[2]).toMatchObject({ outcome: "duplicate" });
    expect(runs).toBe(1);
  });

  test("a failure while PostgreSQL is restarted is tried again after the usual delay, not only once the job expires", async () => {
    const own = await PostgresServer.start();
    onTestFinished(() => own.stop());
    const test = await TestBoss.start(own, Version);
    const { worker, records } = collecting();
    const [working, over] = [gate(), gate()];
    worker.on("fax.failed", async () => {
      working.open();
      await over.promise;
      throw new Error("not yet");
    });
    worker.on("fax.delivered", () => {});
    const queue = pgBossQueue(test.boss);
    await queue.enqueue(message("fax.failed"), CONTEXT);
    await queue.enqueue(message("fax.delivered"), CONTEXT);
    await test.work(pgBossProcessor(worker, test.boss), 2);
    await working.promise;
    await own.kill();
    // Its sessions outlive it for a moment, and could still be asked.
    await vi.waitFor(() => expect(test.sql("SELECT", [])).rejects.toMatchObject({ code: "ECONNREFUSED" }), {
      timeout: 40_000,
    });
    over.open();
    await vi.waitFor(() => expect(records).toHaveLength(2));
    await own.restart();
    await vi.waitFor(
      async () =>
        expect((await test.jobs()).map(({ state }) => state).sort()).toEqual(["completed", "retry"]),
      { timeout: 40_000 },
    );
  });

  test("a worker without includeMetadata says so, and loses nothing", async () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    const test = await TestBoss.start(server, Version);
    const { worker, records } = collecting();
    worker.on("*", () => {});
    const processor = pgBossProcessor(worker, test.boss);
    await processor([{ id: randomUUID(), name: "mintfax", data: message() }]).then(
      () => expect.unreachable(),
      (error) =>
        expect(error).toMatchObject({
          code: "message_failed",
          message: expect.stringContaining("includeMetadata: true"),
        }),
    );
    expect(JSON.stringify(said.mock.calls)).toContain("includeMetadata: true");
    expect(records).toEqual([]);
    said.mockRestore();
  });
});
