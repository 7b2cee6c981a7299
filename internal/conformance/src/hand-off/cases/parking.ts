import assert from "node:assert/strict";
import { eventFixture } from "@mintfax-webhooks/testing";
import { type HandOffCase, handOffCase, type Setting, senderTo } from "../case.ts";
import { messageOf } from "../message.ts";

/** What no engine tries again by itself. */
export const PARKING_CASES: readonly HandOffCase[] = [
  handOffCase("an event without a handler is parked; once it has one, retry() runs it", async (setting) => {
    const { ledger, open } = setting;
    const event = eventFixture("fax.sending");
    const old = await setting.worker({ patterns: ["fax.delivered"] });
    await setting.sender().attempt(event);
    const [parked] = await setting.parked();
    assert.match(parked?.reason ?? "", /no_handler|no handler/i);
    assert.equal((await ledger.toldParked())[0]?.code, "no_handler");
    await old.stop();
    await setting.worker({ patterns: ["fax.delivered", "fax.sending"] });
    assert.equal(await open.parked.retry(parked?.key ?? ""), true);
    assert.deepEqual((await ledger.ran(event.id)).event, event);
    await setting.processed(event.id);
    await setting.parked(0);
    await setting.workedOff();
    assert.equal(ledger.runsOf(event.id).length, 1);
    assert.equal(ledger.parked.length, 1);
  }),

  handOffCase(
    "a copy of a parked event is parked beside it or known, and still one run of the handler",
    async (setting) => {
      const { ledger, open } = setting;
      const event = eventFixture("fax.sending");
      const old = await setting.worker({ patterns: ["fax.delivered"] });
      const receiver = setting.receiver();
      await senderTo(receiver).attempt(event);
      await setting.parked();
      await receiver.forget(event.id);
      await senderTo(receiver).attempt(event);
      await setting.workedOff();
      await old.stop();
      await setting.worker();
      for (const { key } of await open.parked.list()) await open.parked.retry(key);
      await setting.processed(event.id);
      await setting.workedOff();
      assert.equal(ledger.runsOf(event.id).length, 1);
      assert.deepEqual(await open.parked.list(), []);
    },
  ),

  handOffCase(
    "what is parked is listed with the oldest first, got by its key, and dropped for good",
    async (setting) => {
      const { ledger, open } = setting;
      const { parked } = open;
      const worker = await setting.worker({ patterns: ["balance.low"] });
      const events = ["fax.queued", "fax.sending", "fax.failed"] as const;
      const ids: string[] = [];
      for (const type of events) {
        const event = eventFixture(type);
        ids.push(event.id);
        await setting.sender().attempt(event);
        await setting.parked(ids.length);
      }
      const all = await parked.list();
      assert.deepEqual(all.map(idOf), ids);
      assert.deepEqual((await parked.list(2)).map(idOf), ids.slice(0, 2));
      const [first, second] = all;
      assert.deepEqual(await parked.get(first?.key ?? ""), first);
      assert.equal(await parked.drop(first?.key ?? ""), true);
      assert.equal(await parked.get(first?.key ?? ""), undefined);
      assert.equal(await parked.drop(first?.key ?? ""), false);
      assert.equal(await parked.retry(first?.key ?? ""), false);
      assert.deepEqual((await parked.list()).map(idOf), ids.slice(1));

      await worker.stop();
      await setting.worker();
      assert.equal(await parked.retry(second?.key ?? ""), true);
      await ledger.ended(ids[1] ?? "", 2);
      await setting.workedOff();
      assert.deepEqual((await setting.parked()).map(idOf), ids.slice(2));
      assert.equal(ledger.runsOf(ids[0] ?? "").length, 0);
      assert.equal(await parked.retry(second?.key ?? ""), false);
    },
  ),

  handOffCase(
    "a key that nothing is parked under is answered, not thrown at; a limit that cannot be is refused",
    async ({ open: { parked } }) => {
      for (const key of [
        "",
        "0",
        "unknown",
        "'; DROP TABLE jobs; --",
        "9".repeat(40),
        "a:b",
        "00000000-0000-4000-8000-000000000000",
      ]) {
        assert.equal(await parked.get(key), undefined, key);
        assert.equal(await parked.retry(key), false, key);
        assert.equal(await parked.drop(key), false, key);
      }
      assert.deepEqual(await parked.list(), []);
      for (const limit of [0, -1, 0.5, Number.NaN, 10_001]) {
        await assert.rejects(parked.list(limit), { code: "option_out_of_bounds" }, String(limit));
      }
    },
  ),

  handOffCase(
    "a job that is waiting is neither listed, nor retried or dropped by its event's id",
    async (setting) => {
      const { parked } = setting.open;
      const event = eventFixture("fax.delivered");
      await setting.sender().attempt(event);
      assert.deepEqual(await parked.list(), []);
      assert.equal(await parked.drop(event.id), false);
      await setting.worker();
      await setting.ledger.ended(event.id);
      assert.equal(setting.ledger.runsOf(event.id).length, 1);
    },
  ),

  handOffCase("a message of the first version is worked on", async (setting) => {
    const event = eventFixture("fax.delivered");
    await setting.worker();
    await setting.open.put(messageOf(event));
    assert.deepEqual((await setting.ledger.ran(event.id)).event, event);
  }),

  handOffCase("a message of a later version is parked", async (setting) => {
    await parks(
      setting,
      { ...messageOf(eventFixture("fax.delivered")), version: 2 },
      "message_version_unknown",
    );
  }),

  ...Object.entries<unknown>({
    "an empty object": {},
    "an object of another program": { to: "user@clinic.example", subject: "Results" },
    "a message without an id": { ...messageOf(eventFixture("fax.delivered")), id: undefined },
    "a version that is a text": { ...messageOf(eventFixture("fax.delivered")), version: "1" },
    "a body that is an object": {
      ...messageOf(eventFixture("fax.delivered")),
      body: eventFixture("fax.delivered"),
    },
  }).map(([what, message]) =>
    // Threat: T21
    handOffCase(`${what} is parked, and the worker goes on`, (setting) =>
      parks(setting, message, "message_malformed"),
    ),
  ),

  ...Object.entries({ body_not_json: "{", envelope_malformed: "[]" }).map(([code, body]) =>
    handOffCase(`a message whose body is ${body} is parked`, (setting) =>
      parks(setting, { ...messageOf(eventFixture("fax.delivered")), body }, code),
    ),
  ),
];

/** Another program, or a person, has added this; the worker parks it, and goes on. */
export async function parks(
  setting: Setting,
  message: unknown,
  code: string,
  seal?: Parameters<Setting["worker"]>[0],
): Promise<void> {
  await setting.worker(seal);
  await setting.open.put(message);
  const [parked] = await setting.parked();
  assert.deepEqual(parked?.message, JSON.parse(JSON.stringify(message)));
  assert.equal(parked?.attempts, 1);
  const told = await setting.ledger.toldParked();
  assert.deepEqual(
    told.map((record) => [record.code, record.action]),
    [[code, "park"]],
  );
  assert.equal(setting.ledger.runs.length, 0);
}

function idOf({ message }: { readonly message: unknown }): string {
  return (message as { readonly id: string }).id;
}
