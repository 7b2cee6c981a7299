import { createCatchUp } from "@mintfax-webhooks/catch-up";
import { expect, test } from "vitest";
import { playMintfax } from "./support/mintfax.ts";
import { startReceiver } from "./support/receiver.ts";

const FAXES = 20;
const EVENTS = 3 * FAXES;
const HOUR_MS = 3_600_000;

test("a receiver that was down for a night: one run brings every event, the next one resends nothing", async () => {
  const receiver = await startReceiver();
  const mintfax = await playMintfax(receiver.url);
  const { endpoint, sandbox, clock, catchUpClock } = mintfax;
  receiver.isDown = true;
  const faxes = await mintfax.send(FAXES);
  await expect.poll(() => receiver.turnedAway).toBe(4 * EVENTS);
  await clock.advance(8 * HOUR_MS);
  receiver.isDown = false;
  const catchUp = createCatchUp({
    endpoint,
    apiKey: sandbox.apiKey,
    baseUrl: sandbox.url,
    clock: catchUpClock,
  });
  const planned = await catchUp.run({ dryRun: true });
  expect(planned).toMatchObject({ attemptsRead: 4 * EVENTS, resent: 0, events: { toResend: EVENTS } });
  expect(receiver.handled).toEqual([]);
  const first = await catchUp.run();
  expect(first).toMatchObject({
    complete: true,
    resent: EVENTS,
    owed: 0,
    events: { repaired: EVENTS },
    notes: [],
  });
  const second = await catchUp.run();
  expect(second).toMatchObject({ complete: true, resent: 0, owed: 0, events: { alreadyThrough: EVENTS } });
  expect(receiver.handled).toHaveLength(EVENTS);
  expect(new Set(receiver.handled.map(({ faxId }) => faxId))).toEqual(new Set(faxes));
  expect(receiver.outcomes).toEqual({ processed: EVENTS });
});
