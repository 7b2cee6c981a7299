import assert from "node:assert/strict";
import { eventFixture } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import { type HandOffCase, handOffCase } from "../case.ts";

/** From the delivery to the handler of the worker. */
export const HANDING_OFF_CASES: readonly HandOffCase[] = [
  handOffCase("a delivery is answered with 200, and a worker runs its handler once", async (setting) => {
    const { ledger } = setting;
    const event = eventFixture("fax.delivered");
    assert.equal((await setting.sender().attempt(event)).status, 200);
    await setting.worker();
    assert.deepEqual((await ledger.ran(event.id)).event, event);
    assert.equal((await ledger.ended(event.id)).outcome, "processed");
    assert.equal(ledger.runsOf(event.id).length, 1);
  }),

  handOffCase(
    "a delivery is answered only after the engine has acknowledged the message",
    async (setting) => {
      const { queue } = setting.open;
      const [acknowledged, mayGoOn] = [gate(), gate()];
      const sender = setting.sender({
        queue: {
          engine: queue.engine,
          name: queue.name,
          async enqueue(message, context) {
            const answer = await queue.enqueue(message, context);
            acknowledged.open();
            await mayGoOn.promise;
            return answer;
          },
        },
      });
      const event = eventFixture("fax.delivered");
      let isAnswered = false;
      const answer = sender.attempt(event).finally(() => {
        isAnswered = true;
      });
      await acknowledged.promise;
      await setting.worker();
      await setting.ledger.ran(event.id);
      assert.equal(isAnswered, false);
      mayGoOn.open();
      assert.equal((await answer).status, 200);
    },
  ),

  handOffCase("receivers of two namespaces that get the same id each have it worked on", async (setting) => {
    const event = eventFixture("fax.delivered");
    for (const namespace of ["north", "south"]) {
      assert.equal((await setting.sender({ namespace }).attempt(event)).status, 200);
    }
    await setting.worker();
    await setting.ledger.ended(event.id, 2);
    assert.equal(setting.ledger.runsOf(event.id).length, 2);
  }),

  handOffCase("an id of any characters that mintfax may send is stored and worked on", async (setting) => {
    const sender = setting.sender();
    await Promise.all(
      ODD_IDS.map(async (id) =>
        assert.equal((await sender.attempt(eventFixture("fax.delivered", { id }))).status, 200, id),
      ),
    );
    await setting.worker();
    for (const id of ODD_IDS) {
      assert.equal((await setting.ledger.ended(id)).outcome, "processed", id);
      assert.equal(setting.ledger.runsOf(id).length, 1, id);
    }
  }),
];

/** Visible ASCII without a dot. */
const ODD_IDS: readonly string[] = [
  "0",
  "123456",
  "a:b",
  "a::b",
  "%41",
  "';--",
  "{}",
  "*",
  "\\",
  "$1",
  "__proto__",
  "x".repeat(256),
];
