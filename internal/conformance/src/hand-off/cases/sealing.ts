import assert from "node:assert/strict";
import { createSeal } from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";
import { type HandOffCase, handOffCase } from "../case.ts";
import { messageOf, SEALS, sealedMessageOf } from "../message.ts";
import { parks } from "./parking.ts";

/** What an engine holds of a sealed event, and what can be done to it there. */
export const SEALING_CASES: readonly HandOffCase[] = [
  handOffCase("a sealed event reaches the handler as it was", async (setting) => {
    const event = eventFixture("fax.delivered");
    await setting.worker({ seal: SEALS.before });
    await setting.sender({ seal: createSeal(SEALS.before) }).attempt(event);
    assert.deepEqual((await setting.ledger.ran(event.id)).event, event);
  }),

  handOffCase("what was sealed with the previous key is worked on", async (setting) => {
    const event = eventFixture("fax.delivered");
    await setting.sender({ seal: createSeal(SEALS.before) }).attempt(event);
    await setting.worker({ seal: SEALS.rotated });
    assert.deepEqual((await setting.ledger.ran(event.id)).event, event);
  }),

  // Threat: T20
  handOffCase(
    "what was sealed with a key that was destroyed is parked; with the key back, retry() runs it",
    async (setting) => {
      const { ledger, open } = setting;
      const event = eventFixture("fax.delivered");
      await setting.sender({ seal: createSeal(SEALS.before) }).attempt(event);
      const worker = await setting.worker({ seal: SEALS.destroyed });
      const [parked] = await setting.parked();
      assert.equal((await ledger.toldParked())[0]?.code, "seal_key_unknown");
      assert.equal(ledger.runs.length, 0);
      await worker.stop();
      await setting.worker({ seal: SEALS.rotated });
      assert.equal(await open.parked.retry(parked?.key ?? ""), true);
      assert.deepEqual((await ledger.ran(event.id)).event, event);
    },
  ),

  ...Object.entries({
    id: { id: "evt_another" },
    type: { type: "fax.failed" },
    namespace: { namespace: "another" },
    body: { body: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
    nonce: { seal: { key: "old", nonce: "AAAAAAAAAAAAAAAA" } },
  }).map(([member, change]) =>
    // Threat: T21
    handOffCase(`a sealed message whose ${member} was changed in the engine is parked`, async (setting) => {
      const message = await sealedMessageOf(eventFixture("fax.delivered"), SEALS.before);
      await parks(setting, { ...message, ...change }, "seal_broken", { seal: SEALS.before });
    }),
  ),

  // Threat: T21
  handOffCase("a message without a seal is parked where the worker has one", async (setting) => {
    const message = messageOf(eventFixture("fax.delivered"));
    await parks(setting, message, "message_unsealed", { seal: SEALS.before });
  }),

  handOffCase("a sealed message is parked where the worker has no seal", async (setting) => {
    await parks(
      setting,
      await sealedMessageOf(eventFixture("fax.delivered"), SEALS.before),
      "message_sealed",
    );
  }),

  handOffCase("while sealing is introduced, messages without a seal are worked on", async (setting) => {
    const event = eventFixture("fax.delivered");
    await setting.sender().attempt(event);
    await setting.worker({ seal: { ...SEALS.before, acceptUnsealed: true } });
    assert.deepEqual((await setting.ledger.ran(event.id)).event, event);
  }),

  ...[true, false].map((isSealed) =>
    // Threat: T20
    handOffCase(
      isSealed
        ? "sealed: the engine and the store hold no number and no name, waiting, failed, parked or finished"
        : "not sealed: the number and the name are found, so the search for them can find them",
      async (setting) => {
        const { ledger, open } = setting;
        const { name, number } = newPatient();
        const [finished, parked, failed, waiting] = Array.from({ length: 4 }, () =>
          eventFixture("fax.delivered", {
            data: { object: { to: number, tags: { patient: name } } },
          }),
        ) as [ReturnType<typeof eventFixture>, ...ReturnType<typeof eventFixture>[]];
        const dumps: string[] = [];
        const seal = SEALS.before;
        const sender = setting.sender(isSealed ? { seal: createSeal(seal) } : {});
        ledger.onRun = ({ id }) => {
          if (id === failed?.id) throw new Error(`${name} cannot be reached at ${number}`);
        };
        for (const event of [finished, failed]) await sender.attempt(event as never);
        dumps.push(await open.dump());
        const worker = await setting.worker(isSealed ? { seal } : {});
        await ledger.ended(finished.id);
        await ledger.ended(failed?.id ?? "");
        await worker.stop();
        const other = await setting.worker({ patterns: ["balance.low"], ...(isSealed && { seal }) });
        await sender.attempt(parked as never);
        await setting.parked();
        await other.stop();
        await sender.attempt(waiting as never);
        dumps.push(await open.dump());
        const found = [number, name].filter((text) => dumps.some((dump) => dump.includes(text)));
        assert.deepEqual(found, isSealed ? [] : [number, name]);
        assert.ok(
          dumps[1]?.includes(waiting?.id ?? "") || dumps[1]?.includes("fax.delivered"),
          "the dump has nothing of the messages",
        );
      },
    ),
  ),

  // Threat: T20
  handOffCase(
    "what a handler throws never reaches the engine, failed, parked or retried",
    async (setting) => {
      const { ledger, open } = setting;
      const { name, number } = newPatient();
      const event = eventFixture("fax.failed");
      ledger.onRun = () => {
        throw new Error(`${name} cannot be reached at ${number}`);
      };
      await setting.worker();
      await setting.sender().attempt(event);
      await setting.elapseUntilParked(event.id, async () => {
        assert.ok(!(await open.dump()).includes(name));
      });
      const dump = await open.dump();
      assert.ok(!dump.includes(name) && !dump.includes(number) && !dump.includes("suite-worker.ts"));
      assert.ok(!JSON.stringify(await open.parked.list()).includes(name));
    },
    { options: { retryForMs: 60_000 } },
  ),
];

let patients = 0;

/** In no other case, since a dump is of the whole server. */
function newPatient(): { readonly name: string; readonly number: string } {
  patients += 1;
  return { name: `Ottilie Sandmann ${patients}`, number: `+1415555${2000 + patients}` };
}
