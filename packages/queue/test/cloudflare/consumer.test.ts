import { cloudflareParked } from "@mintfax-webhooks/queue/cloudflare";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { Ledger } from "conformance/hand-off/ledger";
import { SECRET } from "conformance/hostile";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Workerd } from "./workerd.ts";

let workerd: Workerd;
let ledger: Ledger;

beforeAll(async () => {
  workerd = await Workerd.start();
  ledger = await Ledger.start();
});
afterAll(async () => {
  await workerd.stop();
  await ledger.stop();
});

test("an event is handed off and worked on", async () => {
  workerd.consume({ worker: { ledger: ledger.url } });
  const event = eventFixture("fax.delivered");
  const sender = createTestSender({ secret: SECRET, to: `${workerd.origin}/queue` });
  const attempt = await sender.attempt(event);

  expect(attempt.status).toBe(200);
  await ledger.ran(event.id);
  expect(await ledger.ended(event.id)).toMatchObject({ outcome: "processed", attempt: 1 });
  expect(await cloudflareParked(workerd.database, workerd.queue).list()).toEqual([]);
});
