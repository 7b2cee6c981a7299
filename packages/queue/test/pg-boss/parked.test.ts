import { randomUUID } from "node:crypto";
import { createSeal } from "@mintfax-webhooks/queue";
import { pgBossParked, pgBossProcessor, pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CONTEXT, collecting, message } from "./support/messages.ts";
import { TestBoss, VERSIONS } from "./support/pg-boss.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

const HOUR = 3_600;

describe.each(Object.entries(VERSIONS))("%s", (_, Version) => {
  test("by default a message that fails is tried for 3 days before it is parked", async () => {
    const test = await TestBoss.start(server, Version);
    const { worker } = collecting();
    let attempts = 0;
    worker.on("*", () => {
      attempts += 1;
      throw new Error("never");
    });
    const process = pgBossProcessor(worker, test.boss);
    await pgBossQueue(test.boss).enqueue(message(), CONTEXT);
    let waitedSeconds = 0;
    for (;;) {
      const [job] = await test.boss.fetch("mintfax", { includeMetadata: true });
      if (job === undefined) throw new Error("no job is due");
      const error = await process([job]).catch((thrown: Error) => thrown);
      if (error === undefined) break;
      await test.boss.fail("mintfax", job.id, error);
      const [{ wait }] = await test.sql(
        `SELECT extract(epoch FROM start_after - now())::float AS wait FROM ${test.schema}.job WHERE name = 'mintfax'`,
        [],
      );
      expect(wait).toBeLessThanOrEqual(HOUR);
      waitedSeconds += wait;
      await test.sql(`UPDATE ${test.schema}.job SET start_after = now() - interval '1s'`, []);
    }
    expect(waitedSeconds).toBeGreaterThan(72 * HOUR);
    expect(waitedSeconds).toBeLessThan(80 * HOUR);
    const parked = await pgBossParked(test.boss, { schema: test.schema }).list();
    expect(parked).toMatchObject([{ attempts, reason: expect.stringMatching(/^failed|handler/) }]);
  });

  test("a parked message is out of the queue, is kept as it was, and runs again from attempt 1", async () => {
    const test = await TestBoss.start(server, Version);
    const parked = pgBossParked(test.boss, { schema: test.schema });
    const { worker, records } = collecting();
    const isBroken = { value: true };
    worker.on("*", () => {
      if (isBroken.value) throw new Error("a secret of the handler");
    });
    await test.work(pgBossProcessor(worker, test.boss, { retryForMs: 15_000 }));
    const copy = message();
    await pgBossQueue(test.boss).enqueue(copy, CONTEXT);
    for (const attempt of [1, 2]) {
      await vi.waitFor(() => expect(records).toHaveLength(attempt));
      await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "retry" }]));
      await test.elapse(HOUR);
    }
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "completed" }]));
    expect(records.map(({ action }) => action)).toEqual(["retry", "retry", "park"]);

    const [found] = await parked.list();
    expect(found).toMatchObject({ message: copy, attempts: 3, parkedAt: expect.any(Date) });
    expect(found?.reason).not.toContain("secret");
    expect(await parked.get(found?.key ?? "")).toEqual(found);

    isBroken.value = false;
    expect(await parked.retry(found?.key ?? "")).toBe(true);
    await vi.waitFor(() => expect(records[3]).toMatchObject({ outcome: "processed", attempt: 1 }));
    expect(await parked.list()).toEqual([]);
    expect(await parked.retry(found?.key ?? "")).toBe(false);
  });

  test("a message without a handler and one that is not a message are parked at once, and one can be dropped", async () => {
    const test = await TestBoss.start(server, Version);
    const parked = pgBossParked(test.boss, { schema: test.schema });
    const { worker } = collecting();
    await test.work(pgBossProcessor(worker, test.boss));
    await pgBossQueue(test.boss).enqueue(message(), CONTEXT);
    await test.boss.send("mintfax", { something: "else" });
    await vi.waitFor(async () => expect(await parked.list()).toHaveLength(2));
    const reasons = (await parked.list()).map(({ reason }) => reason);
    expect(reasons).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^no_handler: /),
        expect.stringMatching(/^message_malformed: /),
      ]),
    );
    const [first] = await parked.list(1);
    expect(await parked.drop(first?.key ?? "")).toBe(true);
    expect(await parked.drop(first?.key ?? "")).toBe(false);
    expect(await parked.list()).toHaveLength(1);
  });

  test("a key of nothing that is parked is answered as such", async () => {
    const test = await TestBoss.start(server, Version);
    const parked = pgBossParked(test.boss, { schema: test.schema });
    for (const key of ["", "1", "'", randomUUID()]) {
      expect(await parked.get(key)).toBeUndefined();
      expect(await parked.retry(key)).toBe(false);
      expect(await parked.drop(key)).toBe(false);
    }
  });

  test("a message that is parked twice is there once, with the newer reason", async () => {
    const test = await TestBoss.start(server, Version);
    const parked = pgBossParked(test.boss, { schema: test.schema });
    const { worker } = collecting();
    const stop = await test.work(pgBossProcessor(worker, test.boss));
    const queue = pgBossQueue(test.boss);
    const copy = message();
    await queue.enqueue(copy, CONTEXT);
    await vi.waitFor(async () => expect(await parked.list()).toHaveLength(1));
    await stop();
    const sealed = collecting({
      seal: createSeal({ keys: { now: Buffer.alloc(32).toString("base64") }, current: "now" } as never),
    });
    await test.work(pgBossProcessor(sealed.worker, test.boss));
    expect(await queue.enqueue(copy, CONTEXT)).toBe("queued");
    await vi.waitFor(async () =>
      expect(await parked.list()).toMatchObject([{ reason: expect.stringMatching(/^message_unsealed: /) }]),
    );
  });

  test("a message that cannot be parked is tried again, and is not lost", async () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    const test = await TestBoss.start(server, Version);
    const parked = pgBossParked(test.boss, { schema: test.schema });
    const { worker } = collecting();
    await test.boss.deleteQueue("mintfax-parked");
    await pgBossQueue(test.boss).enqueue(message(), CONTEXT);
    await test.work(pgBossProcessor(worker, test.boss));
    await vi.waitFor(async () => expect(await test.jobs()).toMatchObject([{ state: "retry" }]));
    expect(JSON.stringify(said.mock.calls)).toContain("could not be parked");
    said.mockRestore();
    await test.boss.createQueue("mintfax-parked", {});
    await test.elapse(HOUR);
    await vi.waitFor(async () => expect(await parked.list()).toHaveLength(1));
  });
});
