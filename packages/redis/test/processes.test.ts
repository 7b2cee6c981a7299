import { eventFixture } from "@mintfax-webhooks/testing";
import { HAS_REDIS } from "test-support/redis-server";
import { startServer, type TestServer } from "test-support/redis-servers";
import { runSize } from "test-support/run-size";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Receivers } from "./support/receivers.ts";

const PROCESSES = 4;
/** The stand-in is slow, and proves little. */
const COPIES = HAS_REDIS ? runSize(1_600, 10_000) : 1_000;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe.each(["ioredis 6", "redis 6"])("%s, 4 processes", (clientName) => {
  // Its time limit is there to end what hangs.
  test(`${COPIES} copies of one event at once: one handler run, answers only 200 and 409`, {
    timeout: 300_000,
  }, async () => {
    const receivers = await Receivers.start(PROCESSES, clientName, server.url);
    onTestFinished(() => receivers.stop());
    const event = eventFixture("balance.low");
    const copies = COPIES / PROCESSES;
    // The handler works until its process has answered a quarter of its copies: they come before, while and after it is done.
    const answers = await receivers.take({ events: [event], copies, handlersAwait: copies / 4 });
    const { 200: ok = 0, 409: busy = 0, ...others } = answers;
    expect(receivers.runs()).toEqual([event.id]);
    expect(others).toEqual({});
    expect(busy).toBeGreaterThanOrEqual(copies / 4);
    expect(ok + busy).toBe(COPIES);
    expect(await receivers.take({ events: [event], copies: 10, handlersAwait: 0 })).toEqual({ 200: 40 });
    expect(receivers.runs()).toHaveLength(1);
  });

  // Threat: T03
  test("100 events, all of them in every process at once: one handler run each", async () => {
    const receivers = await Receivers.start(PROCESSES, clientName, server.url);
    onTestFinished(() => receivers.stop());
    const events = Array.from({ length: 100 }, () => eventFixture("fax.delivered"));
    await receivers.take({ events, copies: 1, handlersAwait: 0 });
    expect(receivers.runs().sort()).toEqual(events.map(({ id }) => id).sort());
  });
});
