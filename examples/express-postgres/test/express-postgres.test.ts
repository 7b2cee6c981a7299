import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { stopUnderLoad } from "conformance/example-contract";
import { Client } from "pg";
import { ExampleProcess } from "test-support/example-process";
import { sendHalf } from "test-support/half-sent";
import { PostgresServer } from "test-support/postgres-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

const start = (env: Readonly<Record<string, string>> = {}): Promise<ExampleProcess> =>
  ExampleProcess.start("express-postgres", { MINTFAX_WEBHOOK_SECRET: SECRET, ...env });
const sender = (example: ExampleProcess) =>
  createTestSender({ secret: SECRET, to: example.url, timeScale: 0.01 });
const overview = async (example: ExampleProcess) => (await fetch(`${example.origin}/orders`)).json();
const addOrder = (example: ExampleProcess, number: string) =>
  fetch(`${example.origin}/orders/${number}`, { method: "PUT" });
const delivered = (order: string) => eventFixture("fax.delivered", { data: { object: { tags: { order } } } });

describe("on a database of its own", () => {
  let example: ExampleProcess;
  beforeEach(async () => {
    example = await start();
  });
  afterEach(async () => {
    await example.stop();
  });

  test("20 copies at once: one top-up", async () => {
    const event = eventFixture("balance.low");
    const copies = await Promise.all(Array.from({ length: 20 }, () => sender(example).attempt(event)));
    expect(copies.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect((await sender(example).attempt(event)).status).toBe(200);
    expect(await overview(example)).toEqual({ orders: {}, topUps: 1 });
    await example.line(({ outcome }) => outcome === "duplicate");
    expect(example.lines.filter(({ outcome }) => outcome === "processed")).toHaveLength(1);
  });

  test("an event that overtakes its order leaves nothing behind, and is processed on a retry", async () => {
    const delivery = sender(example).start(delivered("1043"));
    await example.line(({ outcome }) => outcome === "failed");
    await addOrder(example, "1043");
    expect((await delivery.done).attempts.map(({ status }) => status)).toEqual([500, 200]);
    expect(await overview(example)).toMatchObject({
      orders: { "1043": { status: "delivered", updates: 1 } },
    });
  });

  test("an order follows its fax, and an older event that comes late changes nothing", async () => {
    await addOrder(example, "1042");
    // All within one second, as short faxes are.
    const overrides = {
      created: Math.floor(Date.now() / 1000),
      data: { object: { id: "fax_1", tags: { order: "1042" } } },
    };
    for (const [type, status] of [
      ["fax.sending", "in_progress"],
      ["fax.queued", "in_progress"],
      ["fax.delivered", "delivered"],
      ["fax.sending", "delivered"],
    ] as const) {
      expect((await sender(example).attempt(eventFixture(type, overrides))).status).toBe(200);
      expect(await overview(example)).toMatchObject({ orders: { "1042": { status } } });
    }
  });

  test("SIGTERM lets it finish what it has begun", async () => {
    await addOrder(example, "1044");
    const delivery = await sendHalf(example.url, signDelivery(delivered("1044"), { secret: SECRET }));
    const stopped = example.stop();
    await delivery.idleClosed; // it has noticed
    expect(await delivery.finish()).toBe(200);
    expect(await stopped).toBe(0);
    expect(example.lines.slice(1)).toMatchObject([{ outcome: "processed" }, { drained: true }]);
  });

  test("SIGTERM under 32 kept-alive connections, back to back: what was accepted is answered, and it ends", async () => {
    await addOrder(example, "1045");
    const { dropped } = await stopUnderLoad(example, SECRET, () => delivered("1045"));
    expect(dropped).toEqual([]);
  });
});

describe("on the database of DATABASE_URL", () => {
  let server: PostgresServer;
  beforeEach(async () => {
    server = await PostgresServer.start();
  });
  afterEach(() => server.stop());

  test("after a restart it knows what it has processed: the order is updated once", async () => {
    const event = delivered("1042");
    const first = await start({ DATABASE_URL: server.url });
    await addOrder(first, "1042");
    expect((await sender(first).attempt(event)).status).toBe(200);
    expect(await first.stop()).toBe(0);

    const second = await start({ DATABASE_URL: server.url });
    expect((await sender(second).attempt(event)).status).toBe(200);
    await expect.poll(() => second.lines.slice(1)).toMatchObject([{ outcome: "duplicate", id: event.id }]);
    expect(await overview(second)).toMatchObject({ orders: { "1042": { status: "delivered", updates: 1 } } });
    expect(await second.stop()).toBe(0);
    expect(second.lines.at(-1)).toEqual({ drained: true });
  });

  test("a database that breaks idle connections does not end it", async () => {
    const example = await start({ DATABASE_URL: server.url });
    const administrator = new Client({ connectionString: server.url });
    await administrator.connect();
    try {
      await addOrder(example, "1042");
      const broken = await administrator.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      expect(broken.rowCount).toBeGreaterThan(0);
      expect((await sender(example).deliver(delivered("1042"))).accepted).toBe(true);
      expect(await example.stop()).toBe(0);
    } finally {
      await administrator.end();
      await example.stop();
    }
  });
});
