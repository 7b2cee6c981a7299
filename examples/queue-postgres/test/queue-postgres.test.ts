import { randomBytes } from "node:crypto";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { stopUnderLoad } from "conformance/example-contract";
import { Client } from "pg";
import { ExampleProcess } from "test-support/example-process";
import { sendHalf } from "test-support/half-sent";
import { PostgresServer } from "test-support/postgres-server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

const start = (env: Readonly<Record<string, string>> = {}): Promise<ExampleProcess> =>
  ExampleProcess.start("queue-postgres", { MINTFAX_WEBHOOK_SECRET: SECRET, ...env });
const sender = (example: ExampleProcess) => createTestSender({ secret: SECRET, to: example.url });
const overview = async (example: ExampleProcess) => (await fetch(`${example.origin}/orders`)).json();
const addOrder = (example: ExampleProcess, number: string) =>
  fetch(`${example.origin}/orders/${number}`, { method: "PUT" });
const delivered = (order: string) => eventFixture("fax.delivered", { data: { object: { tags: { order } } } });
/** The worker's line, which has an action. */
const worked = (example: ExampleProcess, outcome: string) =>
  example.line((line) => "action" in line && line.outcome === outcome);

describe("on a database of its own", () => {
  let example: ExampleProcess;
  beforeEach(async () => {
    example = await start();
  });
  afterEach(async () => {
    await example.stop();
  });

  test("an event is answered once it is stored, and the worker updates the order once", async () => {
    await addOrder(example, "1042");
    const event = delivered("1042");
    expect((await sender(example).attempt(event)).status).toBe(200);
    expect((await sender(example).attempt(event)).status).toBe(200);
    await worked(example, "processed");
    expect(await overview(example)).toMatchObject({
      orders: { "1042": { status: "delivered", updates: 1 } },
    });
    expect(example.lines.filter(({ status }) => status === 200)).toMatchObject([
      { outcome: "processed", id: event.id },
      { outcome: "duplicate", id: event.id },
    ]);
  });

  test("20 copies at once: one top-up", async () => {
    const event = eventFixture("balance.low");
    const copies = await Promise.all(Array.from({ length: 20 }, () => sender(example).attempt(event)));
    expect(copies.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    await worked(example, "processed");
    expect(await overview(example)).toEqual({ orders: {}, topUps: 1 });
  });

  test("an event that overtakes its order is stored all the same, and leaves nothing behind until it succeeds", async () => {
    expect((await sender(example).attempt(delivered("1043"))).status).toBe(200);
    expect(await worked(example, "failed")).toMatchObject({ action: "retry", attempt: 1 });
    expect(await overview(example)).toEqual({ orders: {}, topUps: 0 });
  });

  test("SIGTERM lets it finish what it has begun", async () => {
    const delivery = await sendHalf(example.url, signDelivery(delivered("1044"), { secret: SECRET }));
    const stopped = example.stop();
    await delivery.idleClosed; // it has noticed
    expect(await delivery.finish()).toBe(200);
    expect(await stopped).toBe(0);
    expect(example.lines.at(-1)).toEqual({ drained: true });
  });

  test("SIGTERM under 32 kept-alive connections, back to back: what was accepted is answered, and it ends", async () => {
    await addOrder(example, "1045");
    const { dropped } = await stopUnderLoad(example, SECRET, () => delivered("1045"));
    expect(dropped).toEqual([]);
  });
});

describe("on the database of DATABASE_URL", () => {
  let server: PostgresServer;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    server = await PostgresServer.start();
    env = { DATABASE_URL: server.url, QUEUE_KEY: randomBytes(32).toString("base64") };
  });
  afterEach(() => server.stop());

  test("what the worker had no time for is worked on after a restart, once", async () => {
    const first = await start(env);
    await addOrder(first, "1042");
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => sender(first).attempt(delivered("1042"))),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await first.stop()).toBe(0);

    const second = await start(env);
    await vi.waitFor(
      async () => expect(await overview(second)).toMatchObject({ orders: { "1042": { updates: 30 } } }),
      { timeout: 20_000 },
    );
    expect(await second.stop()).toBe(0);
  });

  test("pg-boss's tables hold no number and no name of a fax", async () => {
    const example = await start(env);
    const event = eventFixture("fax.delivered", { data: { object: { tags: { order: "Erika Musterfrau" } } } });
    expect((await sender(example).attempt(event)).status).toBe(200);
    await worked(example, "failed");
    expect(await example.stop()).toBe(0);
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("SELECT row_to_json(job)::text AS text FROM pgboss.job AS job");
    await client.end();
    expect(rows.some(({ text }) => text.includes(event.id))).toBe(true);
    expect(JSON.stringify(rows)).not.toMatch(/Erika|\+1\d/);
  });

  test("a database that breaks all connections does not end it, and no event is lost", async () => {
    const example = await start(env);
    await addOrder(example, "1042");
    const administrator = new Client({ connectionString: server.url });
    await administrator.connect();
    try {
      await administrator.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      const retried = createTestSender({ secret: SECRET, to: example.url, timeScale: 0.01 });
      expect((await retried.deliver(delivered("1042"))).accepted).toBe(true);
      await worked(example, "processed");
      expect(await example.stop()).toBe(0);
    } finally {
      await administrator.end();
      await example.stop();
    }
  });
});
