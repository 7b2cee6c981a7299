import assert from "node:assert/strict";
import { createMemoryStore } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { type HandOffCase, handOffCase, needsServer, until } from "../case.ts";

/** The server of the engine is gone, or silent. The receiver's store is elsewhere, so that it is the queue that fails. */
export const OUTAGE_CASES: readonly HandOffCase[] = [
  handOffCase(
    "engine killed: 503, and the next attempt gets through once it is back",
    async (setting) => {
      const event = eventFixture("fax.delivered");
      const sender = setting.sender({ store: createMemoryStore(), timeoutMs: 1_000 });
      await setting.server.kill();
      const { status, body } = await sender.attempt(event);
      await setting.server.restart();
      assert.deepEqual([status, JSON.parse(body ?? "").code], [503, "queue_unavailable"]);
      await until("the delivery to get through", async () => (await sender.attempt(event)).status === 200);
      await setting.worker();
      await setting.processed(event.id);
      await setting.workedOff();
      assert.equal(setting.ledger.runsOf(event.id).length, 1);
    },
    { needs: needsServer },
  ),

  handOffCase(
    "engine silent: 503 after timeoutMs; whether it has stored the message or not, one run of the handler",
    async (setting) => {
      const event = eventFixture("fax.delivered");
      const sender = setting.sender({ store: createMemoryStore(), timeoutMs: 300 });
      await setting.server.freeze();
      const { status, body } = await sender.attempt(event);
      await setting.server.thaw();
      assert.deepEqual([status, JSON.parse(body ?? "").code], [503, "queue_unavailable"]);
      await until("the delivery to get through", async () => (await sender.attempt(event)).status === 200);
      await setting.worker();
      await setting.processed(event.id);
      await setting.workedOff();
      assert.equal(setting.ledger.runsOf(event.id).length, 1);
    },
    { needs: needsServer },
  ),

  handOffCase(
    "engine killed after the answer, and started again: the event is worked on",
    async (setting) => {
      const event = eventFixture("fax.delivered");
      assert.equal((await setting.sender().attempt(event)).status, 200);
      await setting.server.kill();
      await setting.server.restart();
      await setting.worker();
      await setting.elapseUntil("the event to be processed", () => setting.isProcessed(event.id));
    },
    { needs: needsServer },
  ),

  handOffCase(
    "engine killed and started again: a worker that was there before works on",
    async (setting) => {
      await setting.worker();
      const before = eventFixture("fax.delivered");
      await setting.sender().attempt(before);
      await setting.ledger.ended(before.id);
      await setting.server.kill();
      await setting.server.restart();
      const after = eventFixture("fax.delivered");
      const sender = setting.sender({ store: createMemoryStore() });
      await until("the delivery to get through", async () => (await sender.attempt(after)).status === 200);
      await setting.elapseUntil("the event to be processed", () => setting.isProcessed(after.id));
    },
    { needs: needsServer },
  ),
];
