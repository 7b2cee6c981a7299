import { eventFixture } from "@mintfax-webhooks/testing";
import { Ledger } from "conformance/hand-off/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { messageOf } from "./message.ts";
import { Workerd } from "./workerd.ts";

let workerd: Workerd;
let ledger: Ledger;

beforeAll(async () => {
  workerd = await Workerd.start(2, { hasDeadLetterQueue: true });
  ledger = await Ledger.start();
});
afterAll(async () => {
  await workerd.stop();
  await ledger.stop();
});

test("a message whose Worker ends each time is parked from the dead letter queue, and can be retried", async () => {
  const opened = await workerd.open();
  const event = eventFixture("fax.delivered");
  opened.consume({ worker: { ledger: ledger.url }, fault: "ended" });
  await opened.queue.send(messageOf(event), { contentType: "json" });
  // The fourth attempt is Cloudflare's last.
  for (let attempt = 1; attempt <= 4; attempt += 1) await opened.ended(attempt);
  opened.consume({ worker: { ledger: ledger.url } });
  await opened.ended(5);
  const [parked] = await opened.parked.list();
  expect(parked).toMatchObject({
    message: messageOf(event),
    reason: expect.stringMatching(/^message_abandoned: Cloudflare gave up/),
  });
  expect(ledger.runs).toEqual([]);
  await ledger.until("onParked to be called", () => ledger.parked.length === 1);
  expect(ledger.parked).toMatchObject([{ id: event.id, code: "message_abandoned", action: "park" }]);

  expect(await opened.parked.retry(parked?.key ?? "")).toBe(true);
  expect(await ledger.ended(event.id, 2)).toMatchObject({ outcome: "processed", attempt: 1 });
  expect(await opened.parked.list()).toEqual([]);
});

test("a dead letter that cannot be parked goes back to the queue", async () => {
  const opened = await workerd.open();
  const event = eventFixture("fax.delivered");
  opened.consume({ worker: { ledger: ledger.url }, fault: "ended" });
  await opened.queue.send(messageOf(event), { contentType: "json" });
  await opened.ended(4);
  opened.consume({ worker: { ledger: ledger.url }, fault: "no table" });
  for (let batches = 5; batches <= 7; batches += 1) {
    await opened.ended(batches);
    await opened.settled();
    await opened.elapse(3_600_000);
  }
  expect((await ledger.ended(event.id, 4)).outcome).toBe("processed");
});
