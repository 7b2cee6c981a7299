import { eventFixture } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { expect, test, vi } from "vitest";

test("10,000 copies of one event at once: one handler run, answers only 200 and 409", async () => {
  const event = eventFixture("fax.failed");
  const { webhooks, records } = receiving();
  const { promise, open } = gate();
  const handler = vi.fn(() => promise);
  webhooks.on("fax.failed", handler);
  const answers = Array.from({ length: 10_000 }, () => webhooks(attempt(event)));
  await vi.waitUntil(() => records.length === 9_999, { timeout: 60_000 });
  open();
  const statuses = (await Promise.all(answers)).map((answer) => answer.status);
  expect(handler).toHaveBeenCalledTimes(1);
  expect(new Set(statuses)).toEqual(new Set([200, 409]));
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(records).toHaveLength(10_000);
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(handler).toHaveBeenCalledTimes(1);
});
