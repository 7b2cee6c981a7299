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
];
