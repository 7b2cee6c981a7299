import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { stopUnderLoad } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
let example: ExampleProcess;

beforeEach(async () => {
  example = await ExampleProcess.start("express", { MINTFAX_WEBHOOK_SECRET: SECRET });
});
afterEach(async () => {
  await example.stop();
});

const send = (secret = SECRET) => createTestSender({ secret, to: example.url, timeScale: 0.01 });
const overview = async () => (await fetch(`${example.origin}/orders`)).json();

test("a delivered fax marks its order, once", async () => {
  await fetch(`${example.origin}/orders/1042`, { method: "PUT" });
  const event = eventFixture("fax.delivered", { data: { object: { tags: { order: "1042" } } } });
  expect((await send().deliver(event)).accepted).toBe(true);
  expect((await send().deliver(event)).accepted).toBe(true);
  expect(await overview()).toMatchObject({
    orders: { "1042": { status: "delivered", log: ["fax.delivered"] } },
  });
  await expect
    .poll(() => example.lines.slice(1))
    .toMatchObject([
      { outcome: "processed", status: 200, id: event.id, type: "fax.delivered" },
      { outcome: "duplicate", status: 200, id: event.id },
    ]);
});

test("the readiness probe is ready, and names what is red", async () => {
  const probe = await fetch(`${example.origin}/ready`);
  expect({ status: probe.status, red: await probe.json() }).toEqual({ status: 200, red: ["secret"] });
});

test("an event that overtakes its order is processed on a retry", async () => {
  const event = eventFixture("fax.failed", { data: { object: { tags: { order: "1043" } } } });
  const delivery = send().start(event);
  await example.line(({ outcome }) => outcome === "failed");
  await fetch(`${example.origin}/orders/1043`, { method: "PUT" });
  expect((await delivery.done).attempts.map(({ status }) => status)).toEqual([500, 200]);
});

test("an order follows its fax, and an older event that comes late changes nothing", async () => {
  await fetch(`${example.origin}/orders/1042`, { method: "PUT" });
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
    expect((await send().attempt(eventFixture(type, overrides))).status).toBe(200);
    expect(await overview()).toMatchObject({ orders: { "1042": { status } } });
  }
});

test("20 copies of a low balance order one top-up", async () => {
  const event = eventFixture("balance.low");
  const copies = await Promise.all(Array.from({ length: 20 }, () => send().deliver(event)));
  expect(copies.filter(({ accepted }) => !accepted)).toEqual([]);
  expect(await overview()).toEqual({ orders: {}, topUps: 1 });
});

test("a forgery changes nothing", async () => {
  const attempt = await send("whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt").attempt(eventFixture("balance.low"));
  expect(attempt.status).toBe(400);
  expect(await overview()).toEqual({ orders: {}, topUps: 0 });
});

test("SIGTERM under 32 kept-alive connections, back to back: what was accepted is answered, and it ends", async () => {
  const { dropped } = await stopUnderLoad(example, SECRET, () => eventFixture("balance.low"));
  expect(dropped).toEqual([]);
});

test("SIGTERM ends it cleanly", async () => {
  expect((await send().deliver(eventFixture("balance.low"))).accepted).toBe(true);
  expect(await example.stop()).toBe(0);
  expect(example.lines.at(-1)).toEqual({ drained: true });
});

test("with DATABASE_FILE, it knows after a kill what it has processed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "express-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const env = { MINTFAX_WEBHOOK_SECRET: SECRET, DATABASE_FILE: join(folder, "webhooks.db") };
  const event = eventFixture("balance.low");
  for (const outcome of ["processed", "duplicate"]) {
    await example.kill();
    example = await ExampleProcess.start("express", env);
    expect((await send().attempt(event)).status).toBe(200);
    await expect.poll(() => example.lines.slice(1)).toMatchObject([{ outcome, id: event.id }]);
  }
});
