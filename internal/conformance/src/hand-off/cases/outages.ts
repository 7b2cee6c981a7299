import assert from "node:assert/strict";
import { createMemoryStore } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { type HandOffCase, handOffCase, needsServer, until } from "../case.ts";
import type { EngineServer } from "../engine.ts";

/** The server of the engine is gone, or silent. The receiver's store is elsewhere, so that it is the queue that fails. */
export const OUTAGE_CASES: readonly HandOffCase[] = [
  outageCase(
    "engine killed: 503, and the next attempt gets through once it is back",
    1_000,
    (server) => server.kill(),
    (server) => server.restart(),
  ),

  outageCase(
    "engine silent: 503 after timeoutMs; whether it has stored the message or not, one run of the handler",
    300,
    (server) => server.freeze(),
    (server) => server.thaw(),
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

type Act = (server: EngineServer) => void | Promise<void>;

/** A delivery while the engine is unreachable, and another one afterwards. */
function outageCase(name: string, timeoutMs: number, begin: Act, end: Act): HandOffCase {
  return handOffCase(
    name,
    async (setting) => {
      const event = eventFixture("fax.delivered");
      const sender = setting.sender({ store: createMemoryStore(), timeoutMs });
      await begin(setting.server);
      const { status, body } = await sender.attempt(event);
      await end(setting.server);
      assert.deepEqual([status, JSON.parse(body ?? "").code], [503, "queue_unavailable"]);
      await until("the delivery to get through", async () => (await sender.attempt(event)).status === 200);
      await setting.worker();
      await setting.processed(event.id);
      await setting.workedOff();
      assert.equal(setting.ledger.runsOf(event.id).length, 1);
    },
    { needs: needsServer },
  );
}
