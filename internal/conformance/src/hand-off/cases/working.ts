import assert from "node:assert/strict";
import { eventFixture } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import { type HandOffCase, handOffCase, needsProcesses } from "../case.ts";

const HOUR_MS = 3_600_000;

/** What becomes of a message once a worker has it. */
export const WORKING_CASES: readonly HandOffCase[] = [
  handOffCase(
    "a handler that fails for an hour, and works then, has processed the event",
    async (setting) => {
      const { ledger } = setting;
      const event = eventFixture("fax.failed");
      ledger.onRun = () => {
        if (setting.elapsedMs < HOUR_MS) throw new Error("the charts are down");
      };
      await setting.worker();
      await setting.sender().attempt(event);
      await ledger.ended(event.id);
      assert.equal(ledger.outcomes[0]?.action, "retry");
      await setting.elapseUntil("the event to be processed", () => setting.isProcessed(event.id));
      const attempts = ledger.runsOf(event.id).map(({ attempt }) => attempt);
      assert.ok(attempts.length > 2, `only ${attempts.length} attempts in an hour`);
      assert.deepEqual(
        attempts,
        attempts.toSorted((a, b) => a - b),
      );
      assert.equal(attempts[0], 1);
      assert.deepEqual(await setting.open.parked.list(), []);
    },
  ),

  handOffCase(
    "attempts that are used up park the message; retry() then begins from the first attempt",
    async (setting) => {
      const { ledger, open } = setting;
      const event = eventFixture("fax.failed");
      ledger.onRun = () => {
        throw new Error("the charts are down");
      };
      await setting.worker();
      await setting.sender().attempt(event);
      const parked = await setting.elapseUntilParked(event.id);
      assert.ok(parked.attempts > 1);
      assert.equal(parked.attempts, ledger.runsOf(event.id).length);
      assert.ok(parked.parkedAt instanceof Date);
      assert.match(parked.reason ?? "", /handler/i);
      assert.deepEqual(
        (await ledger.toldParked()).map(({ id }) => id),
        [event.id],
      );

      const runs = ledger.runsOf(event.id).length;
      ledger.onRun = () => {};
      assert.equal(await open.parked.retry(parked.key), true);
      assert.equal((await ledger.ran(event.id, runs + 1)).attempt, 1);
      await setting.processed(event.id);
      await setting.parked(0);
      assert.equal(ledger.parked.length, 1);
    },
    { options: { retryForMs: 60_000 } },
  ),

  handOffCase(
    "a worker that stops waits for the handler under way, and takes nothing more",
    async (setting) => {
      const { ledger } = setting;
      const [first, second] = [eventFixture("fax.delivered"), eventFixture("fax.delivered")];
      const mayEnd = gate();
      ledger.onRun = () => mayEnd.promise;
      const worker = await setting.worker();
      const sender = setting.sender();
      await sender.attempt(first);
      await ledger.ran(first.id);
      let hasStopped = false;
      const stopping = worker.stop().then(() => {
        hasStopped = true;
      });
      await sender.attempt(second);
      assert.equal(hasStopped, false);
      mayEnd.open();
      await stopping;
      await setting.worker();
      await setting.processed(second.id);
      await setting.workedOff();
      assert.equal(ledger.runsOf(first.id).length, 1);
      assert.equal(ledger.runsOf(second.id).length, 1);
    },
  ),

  handOffCase(
    "a worker that is killed again and again in the middle of an event: it is worked on to its end",
    async (setting) => {
      const { ledger } = setting;
      const event = eventFixture("fax.delivered");
      const mayEnd = gate();
      ledger.onRun = () => mayEnd.promise;
      await setting.sender().attempt(event);
      for (let kills = 0; kills < 4; kills += 1) {
        const runs = ledger.runsOf(event.id).length;
        const worker = await setting.process();
        await setting.elapseUntil("the next run", () => ledger.runsOf(event.id).length > runs);
        await worker.kill();
      }
      mayEnd.open();
      await setting.process();
      await setting.elapseUntil("the event to be processed", () => setting.isProcessed(event.id));
      const fences = ledger.runsOf(event.id).map(({ fence }) => fence);
      assert.ok(fences.length >= 5);
      assert.deepEqual(
        fences,
        [...new Set(fences)].toSorted((a, b) => a - b),
      );
      assert.deepEqual(await setting.open.parked.list(), []);
    },
    { needs: needsProcesses },
  ),
];
