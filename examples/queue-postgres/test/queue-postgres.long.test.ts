import { randomBytes } from "node:crypto";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { stopUnderLoad } from "conformance/example-contract";
import { Client } from "pg";
import { ExampleProcess, type Line } from "test-support/example-process";
import { sendHalf } from "test-support/half-sent";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

const start = (env: Readonly<Record<string, string>> = {}): Promise<ExampleProcess> =>
  ExampleProcess.start("queue-postgres", { MINTFAX_WEBHOOK_SECRET: SECRET, ...env });
const sender = (example: ExampleProcess) => createTestSender({ secret: SECRET, to: example.url });
const overview = async (example: ExampleProcess) => (await fetch(`${example.origin}/orders`)).json();
const addOrder = (example: ExampleProcess, number: string) =>
  fetch(`${example.origin}/orders/${number}`, { method: "PUT" });
const delivered = (order: string) => eventFixture("fax.delivered", { data: { object: { tags: { order } } } });
/** The worker's line, which has an action. */
const worked = (example: ExampleProcess, { outcome, id }: Line) =>
  example.line((line) => "action" in line && line.outcome === outcome && line.id === id);

describe("on a database of its own", () => {
  let example: ExampleProcess;
  beforeAll(async () => {
    example = await start();
  });
  afterAll(async () => {
    await example.stop();
  });

  test("an event is answered once it is stored, and the worker updates the order once", async () => {
    await addOrder(example, "1042");
    const event = delivered("1042");
    expect((await sender(example).attempt(event)).status).toBe(200);
    expect((await sender(example).attempt(event)).status).toBe(200);
    const answered = () => example.lines.filter(({ status }) => status === 200);
    await expect.poll(answered).toMatchObject([
      { outcome: "processed", id: event.id },
      { outcome: "duplicate", id: event.id },
    ]);
    await worked(example, { outcome: "processed", id: event.id });
    expect(await overview(example)).toMatchObject({
      orders: { "1042": { status: "delivered", updates: 1 } },
    });
  });

  test("20 copies at once: one top-up", async () => {
    const event = eventFixture("balance.low");
    const copies = await Promise.all(Array.from({ length: 20 }, () => sender(example).attempt(event)));
    expect(copies.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    await worked(example, { outcome: "processed", id: event.id });
    expect(await overview(example)).toMatchObject({ topUps: 1 });
  });

  test("an event that overtakes its order is stored all the same, and is tried again", async () => {
    const event = delivered("1043");
    expect((await sender(example).attempt(event)).status).toBe(200);
    const line = await worked(example, { outcome: "failed", id: event.id });
    expect(line).toMatchObject({ action: "retry", attempt: 1 });
  });

  test("SIGTERM lets it finish what it has begun", async () => {
    const delivery = await sendHalf(example.url, signDelivery(delivered("1044"), { secret: SECRET }));
    const stopped = example.stop();
    await delivery.idleClosed; // it has noticed
    expect(await delivery.finish()).toBe(200);
    expect(await stopped).toBe(0);
    expect(example.lines.at(-1)).toEqual({ drained: true });
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

  test("SIGTERM under 32 kept-alive connections: what was answered is worked on after a restart, once", async () => {
    const first = await start(env);
    await addOrder(first, "Erika Musterfrau");
    const { dropped, statuses } = await stopUnderLoad(first, SECRET, () => delivered("Erika Musterfrau"));
    expect(dropped).toEqual([]);
    expect((await jobs()).match(/Erika|\+\d{10}/)).toBeNull();

    const second = await start(env);
    await vi.waitFor(
      async () =>
        expect(await overview(second)).toMatchObject({
          orders: { "Erika Musterfrau": { updates: statuses.length } },
        }),
      { timeout: 20_000 },
    );
    expect(await second.stop()).toBe(0);
  });

  /** All that pg-boss holds, as text. */
  async function jobs(): Promise<string> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("SELECT row_to_json(job)::text AS text FROM pgboss.job AS job");
    await client.end();
    expect(rows).not.toEqual([]);
    return JSON.stringify(rows);
  }

  test("a database that breaks all connections does not end it, and no event is lost", async () => {
    const example = await start(env);
    await addOrder(example, "1042");
    const administrator = new Client({ connectionString: server.url });
    await administrator.connect();
    try {
      await administrator.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      const event = delivered("1042");
      const retried = createTestSender({ secret: SECRET, to: example.url, timeScale: 0.01 });
      expect((await retried.deliver(event)).accepted).toBe(true);
      await worked(example, { outcome: "processed", id: event.id });
      expect(await example.stop()).toBe(0);
    } finally {
      await administrator.end();
      await example.stop();
    }
  });
});
