import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { sendHalf } from "test-support/half-sent";
import { LIMITS } from "test-support/vitest-settings";
import { expect, onTestFinished, test } from "vitest";

/** Far more than an answer takes. */
const ANSWER_MS = 5_000;
const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

testExample("express-sqlite");

function databaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "express-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "clinic.db");
}

async function start(DATABASE_FILE: string): Promise<ExampleProcess> {
  const example = await ExampleProcess.start("express-sqlite", {
    MINTFAX_WEBHOOK_SECRET: SECRET,
    DATABASE_FILE,
  });
  onTestFinished(async () => void (await example.stop()));
  return example;
}

const sender = (example: ExampleProcess) => createTestSender({ secret: SECRET, to: example.url });

test("copies at once go to both processes, and one of them works", async () => {
  const example = await start(databaseFile());
  const event = eventFixture("fax.delivered");
  const copies = await Promise.all(Array.from({ length: 40 }, () => sender(example).attempt(event)));
  expect(copies.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
  const records = example.lines.filter(({ outcome }) => outcome !== undefined);
  expect(new Set(records.map(({ pid }) => pid)).size).toBe(2);
  expect(records.filter(({ outcome }) => outcome === "processed")).toHaveLength(1);
});

test("a process that is killed is replaced, and what it has processed stays known", async () => {
  const example = await start(databaseFile());
  const event = eventFixture("fax.delivered");
  const copy = async (): Promise<number | undefined> => {
    const half = await sendHalf(example.url, signDelivery(event, { secret: SECRET }));
    return half.finish();
  };
  /** How many processes have answered, after one more: each connection goes to the next process. */
  const answering = async (): Promise<number> => {
    // A connection that Node's primary has given to the killed process, before it knew of its end, is never answered.
    expect((await Promise.race([copy(), sleep(ANSWER_MS)])) ?? 200).toBe(200);
    return new Set(example.lines.filter(({ outcome }) => outcome !== undefined).map(({ pid }) => pid)).size;
  };
  // Without any process that listens, Node gives up the port.
  await expect.poll(answering, { timeout: LIMITS.testTimeout }).toBe(2);
  const { pid = 0 } = await example.line(({ outcome }) => outcome === "processed");
  process.kill(pid, "SIGKILL");
  await expect.poll(answering, { timeout: LIMITS.testTimeout }).toBe(3);
  expect(example.lines.filter(({ outcome }) => outcome === "processed")).toHaveLength(1);
});

test("after a restart it knows what it has processed", async () => {
  const [file, event] = [databaseFile(), eventFixture("fax.delivered")];
  const first = await start(file);
  expect((await sender(first).attempt(event)).status).toBe(200);
  expect(await first.stop()).toBe(0);

  const second = await start(file);
  expect((await sender(second).attempt(event)).status).toBe(200);
  expect(second.lines.slice(1)).toMatchObject([{ outcome: "duplicate", id: event.id }]);
  expect(await (await fetch(second.origin)).json()).toEqual([event.data.object.id]);
});
