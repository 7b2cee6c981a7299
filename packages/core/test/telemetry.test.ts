import { AsyncLocalStorage } from "node:async_hooks";
import type { OutcomeRecord, Telemetry } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { afterEach, describe, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const context = new AsyncLocalStorage<string>();

/** Runs every delivery in a context of its own, and keeps what it is told. */
class Follower implements Telemetry {
  readonly records: OutcomeRecord[] = [];
  readonly late: unknown[] = [];

  async onDelivery(deliver: () => Promise<OutcomeRecord>): Promise<void> {
    this.records.push(await context.run("delivery", deliver));
  }

  onLateOutcome(record: unknown): void {
    this.late.push(record, context.getStore());
  }
}

describe("telemetry", () => {
  test("has handler and hook in its context, and is told what the hook is told", async () => {
    const telemetry = new Follower();
    const seen: unknown[] = [];
    const records: OutcomeRecord[] = [];
    const { webhooks } = receiving({
      telemetry,
      onOutcome(record) {
        records.push(record);
        seen.push(context.getStore());
      },
    });
    webhooks.on("fax.delivered", async () => {
      await Promise.resolve();
      seen.push(context.getStore());
    });
    const event = eventFixture("fax.delivered");
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(seen).toEqual(["delivery", "delivery"]);
    expect(telemetry.records).toMatchObject([{ outcome: "processed", id: event.id, created: event.created }]);
    expect(telemetry.records[0]).toBe(records[0]);
  });

  test("is told of refusals, and of what breaks inside", async () => {
    const telemetry = new Follower();
    const { webhooks } = receiving({ telemetry });
    await webhooks(new Request("https://clinic.example/", { method: "POST", body: "{}" }));
    const broken = attempt();
    Object.defineProperty(broken, "headers", { value: null });
    expect((await webhooks(broken)).status).toBe(500);
    expect(telemetry.records).toMatchObject([{ code: "header_missing" }, { code: "internal_error" }]);
  });

  test("is through with a delivery before it is answered and before drain() resolves", async () => {
    const telemetry = new Follower();
    const { webhooks } = receiving({ telemetry });
    const work = gate();
    webhooks.on("fax.delivered", () => work.promise);
    const told: number[] = [];
    const answered = webhooks(attempt()).then(() => told.push(telemetry.records.length));
    const drained = webhooks.drain().then(() => told.push(telemetry.records.length));
    work.open();
    await Promise.all([answered, drained]);
    expect(told).toEqual([1, 1]);
  });

  test("is told what ends late, in the delivery's context", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const telemetry = new Follower();
    const { webhooks, late } = receiving({ telemetry });
    const work = gate();
    webhooks.on("fax.delivered", () => work.promise);
    const answer = webhooks(attempt());
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await answer).status).toBe(503);
    work.open();
    await webhooks.drain();
    expect(telemetry.records).toMatchObject([{ outcome: "timed_out" }]);
    expect(telemetry.late).toMatchObject([{ outcome: "processed" }, "delivery"]);
    expect(telemetry.late[0]).toBe(late[0]);
  });

  test("may be among options that are made of each request", async () => {
    const telemetry = new Follower();
    const receiver = createReceiver(() => ({ secret: SECRET, telemetry })).on("fax.delivered", () => {});
    const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
    const { status } = await receiver.receive({
      method: "POST",
      header: (name) => headers[name],
      readBody: async () => body,
      platform: undefined,
    });
    expect(status).toBe(200);
    expect(telemetry.records).toMatchObject([{ outcome: "processed" }]);
  });
});

describe("telemetry that", () => {
  const onLateOutcome = () => {};
  test.each<[string, Telemetry["onDelivery"], boolean]>([
    [
      "throws before",
      () => {
        throw new TypeError("exporter");
      },
      true,
    ],
    [
      "throws after",
      (deliver) => {
        void deliver();
        throw new TypeError("exporter");
      },
      true,
    ],
    ["rejects", async (deliver) => deliver().then(() => Promise.reject(new TypeError("exporter"))), true],
    ["never delivers", () => {}, false],
    ["delivers twice", (deliver) => Promise.all([deliver(), deliver()]), false],
    ["delivers late", (deliver) => Promise.resolve().then(deliver), false],
    ["never ends", (deliver) => deliver().then(() => new Promise(() => {})), false],
  ])("%s: the work is done once, and the answer stays", async (_, onDelivery, complains) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { webhooks, records } = receiving({ telemetry: { onDelivery, onLateOutcome } });
    const handler = vi.fn();
    webhooks.on("fax.delivered", handler);
    expect((await webhooks(attempt())).status).toBe(200);
    await webhooks.drain();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(records).toMatchObject([{ outcome: "processed" }]);
    const lines = complains ? [[expect.stringContaining("telemetry failed: TypeError")]] : [];
    await vi.waitFor(() => expect(log.mock.calls).toEqual(lines));
  });

  test("throws at what ends late: the hook is told all the same", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const telemetry: Telemetry = {
      onDelivery: (deliver) => deliver(),
      onLateOutcome() {
        throw new TypeError("exporter");
      },
    };
    const { webhooks, late } = receiving({ telemetry });
    webhooks.on("fax.delivered", (_, { waitUntil }) => waitUntil(Promise.reject(new Error("mail server"))));
    await webhooks(attempt());
    await webhooks.drain();
    expect(late).toMatchObject([{ code: "background_failed" }]);
    expect(log).toHaveBeenCalledTimes(1);
  });
});
