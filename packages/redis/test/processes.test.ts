import { eventFixture } from "@mintfax-webhooks/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HAS_REDIS } from "../../../test/support/redis-server.ts";
import { Receivers } from "./support/receivers.ts";
import { startServer, type TestServer } from "./support/servers.ts";

const PROCESSES = 4;
/** The stand-in is too slow for more: calls would time out. */
const COPIES = HAS_REDIS ? 10_000 : 1_000;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe.each(["ioredis 6", "redis 6"])("%s, 4 processes", (clientName) => {
  test(`${COPIES} copies of one event at once: one handler run, answers only 200 and 409`, async () => {
    const receivers = await Receivers.start(PROCESSES, clientName, server.url);
    onTestFinished(() => receivers.stop());
    const event = eventFixture("balance.low");
    const { 200: ok = 0, 409: busy = 0 } = await receivers.take({
      events: [event],
      copies: COPIES / PROCESSES,
    });
    expect(receivers.runs()).toEqual([event.id]);
    expect(ok).toBeGreaterThan(0);
    expect(ok + busy).toBe(COPIES);
    expect(await receivers.take({ events: [event], copies: 10 })).toEqual({ 200: 40 });
    expect(receivers.runs()).toHaveLength(1);
  });

  test("100 events, all of them in every process at once: one handler run each", async () => {
    const receivers = await Receivers.start(PROCESSES, clientName, server.url);
    onTestFinished(() => receivers.stop());
    const events = Array.from({ length: 100 }, () => eventFixture("fax.delivered"));
    await receivers.take({ events, copies: 1 });
    expect(receivers.runs().sort()).toEqual(events.map(({ id }) => id).sort());
  });
});
