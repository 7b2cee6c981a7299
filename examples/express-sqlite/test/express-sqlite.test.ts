import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { freePort } from "test-support/free-port";
import { LIMITS } from "test-support/vitest-settings";
import { expect, onTestFinished, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

// Node's cluster may give a connection to a process that has just ended.
testExample("express-sqlite", { underLoad: "some are reset" });

function databaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "express-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "clinic.db");
}

async function start(DATABASE_FILE: string, PORT = "0"): Promise<ExampleProcess> {
  const example = await ExampleProcess.start("express-sqlite", {
    MINTFAX_WEBHOOK_SECRET: SECRET,
    DATABASE_FILE,
    PORT,
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
  const outcomes = () => example.lines.filter(({ outcome }) => outcome !== undefined);
  await expect.poll(outcomes).toHaveLength(copies.length);
  const records = outcomes();
  expect(new Set(records.map(({ pid }) => pid)).size).toBe(2);
  expect(records.filter(({ outcome }) => outcome === "processed")).toHaveLength(1);
});

test("what a killed process has processed stays known to the one beside it, or to the one in its place", async () => {
  // Without any process that listens, Node gives up the port, and takes another one for 0.
  const example = await start(databaseFile(), String(await freePort()));
  const event = eventFixture("fax.delivered");
  expect((await sender(example).attempt(event)).status).toBe(200);
  const { pid = 0 } = await example.line(({ outcome }) => outcome === "processed");
  process.kill(pid, "SIGKILL");
  // A connection that Node's primary has given to the killed process, before it knew of its end, is never answered.
  const patient = createTestSender({ secret: SECRET, to: example.url, timeoutMs: 2_000 });
  const status = async () => (await patient.attempt(event)).status;
  await expect.poll(status, { timeout: LIMITS.testTimeout }).toBe(200);
  await example.line(({ outcome, pid: answering }) => outcome === "duplicate" && answering !== pid);
  expect(example.lines.filter(({ outcome }) => outcome === "processed")).toHaveLength(1);
});

test("after a restart it knows what it has processed", async () => {
  const [file, event] = [databaseFile(), eventFixture("fax.delivered")];
  const first = await start(file);
  expect((await sender(first).attempt(event)).status).toBe(200);
  expect(await first.stop()).toBe(0);

  const second = await start(file);
  expect((await sender(second).attempt(event)).status).toBe(200);
  await expect.poll(() => second.lines.slice(1)).toMatchObject([{ outcome: "duplicate", id: event.id }]);
  expect(await (await fetch(second.origin)).json()).toEqual([event.data.object.id]);
});
