import assert from "node:assert/strict";
import { createMemoryStore } from "@mintfax-webhooks/core";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { actAtOnce } from "test-support/at-once";
import { gate } from "test-support/gate";
import { SECRET } from "../../hostile/setting.ts";
import { type HandOffCase, handOffCase, needsProcesses, senderTo, until } from "../case.ts";
import { messageOf } from "../message.ts";

/** One event, more than once. */
export const COPIES_CASES: readonly HandOffCase[] = [
  ...(["the store of all receivers", "a store that has forgotten everything"] as const).map((kind) =>
    handOffCase(`copies at every moment, claimed in ${kind}: one run of the handler`, async (setting) => {
      const { ledger } = setting;
      const copy = async (): Promise<void> => {
        const sender = setting.sender(
          kind === "the store of all receivers" ? {} : { store: createMemoryStore() },
        );
        assert.equal((await sender.attempt(event)).status, 200);
      };
      const event = eventFixture("fax.delivered");
      const mayEnd = gate();
      ledger.onRun = () => mayEnd.promise;
      await copy();
      await copy();
      await setting.worker();
      await ledger.ran(event.id);
      await copy();
      mayEnd.open();
      await setting.processed(event.id);
      await copy();
      await setting.workedOff();
      assert.equal(ledger.runsOf(event.id).length, 1);
    }),
  ),

  handOffCase(
    "a copy after the job was deleted by hand is not a second run of the handler",
    async (setting) => {
      const { ledger, open } = setting;
      const event = eventFixture("fax.delivered");
      await setting.worker();
      for (const store of [open.store, createMemoryStore()]) {
        assert.equal((await setting.sender({ store }).attempt(event)).status, 200);
        await setting.processed(event.id);
        await setting.workedOff();
        await until("the job to be deleted", () =>
          open.remove(event.id).then(
            () => true,
            () => false,
          ),
        );
      }
      assert.equal((await setting.sender().attempt(event)).status, 200);
      await setting.workedOff();
      assert.equal(ledger.runsOf(event.id).length, 1);
    },
  ),

  handOffCase(
    "after forget() of the receiver and the worker, a copy runs the handler again",
    async (setting) => {
      const { ledger } = setting;
      const event = eventFixture("fax.delivered");
      const receiver = setting.receiver();
      await setting.worker();
      for (const run of [1, 2, 3]) {
        assert.equal((await senderTo(receiver).attempt(event)).status, 200);
        await ledger.ran(event.id, run);
        await ledger.ended(event.id, run);
        await setting.workedOff();
        assert.equal(await receiver.forget(event.id), "forgotten");
        assert.equal(await setting.forget(event.id), "forgotten");
      }
      assert.equal(ledger.runsOf(event.id).length, 3);
    },
  ),

  handOffCase(
    "an event whose job was deleted before a worker took it is stored again after forget()",
    async (setting) => {
      const event = eventFixture("fax.delivered");
      const receiver = setting.receiver();
      const sender = senderTo(receiver);
      await sender.attempt(event);
      await setting.open.remove(event.id);
      assert.equal(await receiver.forget(event.id), "forgotten");
      assert.equal((await sender.attempt(event)).status, 200);
      await setting.worker();
      await setting.ledger.ended(event.id);
      assert.equal(setting.ledger.runsOf(event.id).length, 1);
    },
  ),

  // Threat: T21
  handOffCase(
    "a hundred messages of one event, added behind mintfax's back: one run of the handler",
    async (setting) => {
      const event = eventFixture("fax.delivered");
      await actAtOnce(10, 100, () => setting.open.put(messageOf(event)));
      await Promise.all([setting.worker(), setting.worker()]);
      await setting.processed(event.id);
      await setting.workedOff();
      assert.equal(setting.ledger.runsOf(event.id).length, 1);
    },
  ),

  handOffCase(
    "1,000 copies at once, over four processes of receivers and workers: one run of the handler",
    async (setting) => {
      const processes = await Promise.all([1, 2, 3, 4].map(() => setting.process()));
      const event = eventFixture("fax.delivered");
      const statuses = new Map<number, number>();
      await actAtOnce(100, 1_000, async (index) => {
        const { headers, body } = signDelivery(event, { secret: SECRET });
        const origin = processes[index % 4]?.origin ?? "";
        const { status } = await fetch(`${origin}/webhooks/mintfax`, { method: "POST", headers, body });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      });
      assert.deepEqual(
        [...statuses.keys()].filter((status) => status !== 200 && status !== 409),
        [],
      );
      assert.ok((statuses.get(200) ?? 0) > 0);
      await setting.processed(event.id);
      await setting.workedOff();
      assert.equal(setting.ledger.runsOf(event.id).length, 1);
    },
    { needs: needsProcesses },
  ),
];
