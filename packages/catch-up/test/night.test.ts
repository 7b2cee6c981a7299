import { type CatchUp, createCatchUp } from "@mintfax-webhooks/catch-up";
import { Random } from "test-support/random";
import { runSize } from "test-support/run-size";
import { expect, test } from "vitest";
import { killAfter } from "./support/killed-process.ts";
import { type Mintfax, playMintfax } from "./support/mintfax.ts";
import { type ApiProxy, type Fault, proxyTo } from "./support/proxy.ts";
import { type Receiver, startReceiver } from "./support/receiver.ts";

/** Each has three events, and each event its four attempts. */
const FAXES = runSize(25, 500);
/** Of the tests that are about something else than their number. */
const FEWER = runSize(25, 100);
const HOUR_MS = 3_600_000;
const FAULTS: readonly Fault[] = ["500", "500 after", "429", "cut off", "slow", "html"];

interface Night {
  readonly receiver: Receiver;
  readonly mintfax: Mintfax;
  readonly proxy: ApiProxy;
  readonly faxes: readonly string[];
  /** How many they have: three each. */
  readonly events: number;
  catchUp(): CatchUp;
}

/** The receiver was down for a night, until mintfax had given up on every event, and is up again. */
async function night(
  count: number,
  options: Parameters<typeof playMintfax>[1] = {},
  faultOf: Parameters<typeof proxyTo>[1] = () => undefined,
): Promise<Night> {
  const receiver = await startReceiver();
  const mintfax = await playMintfax(receiver.url, options);
  const { endpoint, sandbox, clock, catchUpClock } = mintfax;
  receiver.isDown = true;
  const faxes = await mintfax.send(count);
  const events = 3 * count;
  await expect.poll(() => receiver.turnedAway, { timeout: 60_000 }).toBe(4 * events);
  await clock.advance(8 * HOUR_MS);
  receiver.isDown = false;
  const proxy = await proxyTo(sandbox.url, faultOf);
  const catchUp = (): CatchUp =>
    createCatchUp({
      endpoint,
      apiKey: sandbox.apiKey,
      baseUrl: proxy.url,
      clock: catchUpClock,
      timeoutMs: 2_000,
    });
  return { receiver, mintfax, proxy, faxes, events, catchUp };
}

function idsOf({ handled }: Receiver): string[] {
  return handled.map(({ id }) => id);
}

/** Every event of every fax reached the handler, each once, and nothing that mintfax has not signed was sent. */
function expectAllOnce({ receiver, faxes, events }: Night): void {
  expect(new Set(idsOf(receiver)).size).toBe(events);
  expect(receiver.handled).toHaveLength(events);
  expect(new Set(receiver.handled.map(({ faxId }) => faxId))).toEqual(new Set(faxes));
  // Each comes twice at most, and as busy where it does while the handler is at work.
  const { processed, duplicate = 0, busy = 0, ...others } = receiver.outcomes;
  expect({ processed, others }).toEqual({ processed: events, others: {} });
  expect(duplicate + busy).toBeLessThanOrEqual(events);
}

test(`${FAXES} faxes: one run brings every event through the front door, the next one resends nothing`, {
  timeout: 300_000,
}, async () => {
  const after = await night(FAXES);
  const { events, receiver, proxy } = after;
  const catchUp = after.catchUp();
  const planned = await catchUp.run({ dryRun: true });
  expect(planned).toMatchObject({ complete: true, attemptsRead: 4 * events, resent: 0, owed: events });
  expect(planned.events).toMatchObject({ total: events, toResend: events });
  expect(receiver.handled).toEqual([]);

  proxy.requests.length = 0;
  const first = await after.catchUp().run();
  expect(first).toMatchObject({ complete: true, resent: events, owed: 0, oldestOwedAt: null });
  expect(first.events).toMatchObject({ total: events, repaired: events });
  expectAllOnce(after);
  expect(receiver.outcomes).toEqual({ processed: events });
  // The least that pages of 100 allow: all failures, no success so far, one retry each, and a look at each 100 outcomes;
  // and one more look, at the first event.
  const looks = 1 + Math.ceil((events - 1) / 100);
  expect(proxy.requests).toHaveLength(Math.ceil((4 * events) / 100) + 1 + events + looks);
  expect(first.requests).toBe(proxy.requests.length);
  // The sandbox refuses the 61st call within a minute.
  expect(proxy.statuses).toEqual({ 200: expect.any(Number), 202: events });

  const second = await catchUp.run();
  expect(second).toMatchObject({ complete: true, resent: 0, owed: 0 });
  expect(second.events).toMatchObject({ total: events, alreadyThrough: events, repaired: 0 });
  expectAllOnce(after);
});

test("the process is killed in the middle of a run: the next one does the rest", {
  timeout: 300_000,
}, async () => {
  const after = await night(FEWER, { rateLimitPerMinute: 1_000_000 });
  const { events, mintfax, proxy, receiver } = after;
  await killAfter(Math.floor(events / 2), {
    endpoint: mintfax.endpoint,
    apiKey: mintfax.sandbox.apiKey,
    baseUrl: proxy.url,
  });
  const posts = proxy.requests.filter((request) => request.startsWith("POST")).length;
  expect(posts).toBeLessThan(events);
  const report = await after.catchUp().run();
  expect(report).toMatchObject({ complete: true, owed: 0 });
  expectAllOnce(after);
  // What the killed one had asked for and not seen the end of may come once more.
  expect(receiver.outcomes.duplicate ?? 0).toBeLessThanOrEqual(1);
});

test("two runs at once: every event is handled once, and the limit of requests is kept", {
  timeout: 300_000,
}, async () => {
  const after = await night(FEWER);
  const reports = await Promise.all([after.catchUp().run(), after.catchUp().run()]);
  for (const report of reports) expect(report).toMatchObject({ complete: true, owed: 0 });
  expectAllOnce(after);
  // Their keys of idempotency tell mintfax that they ask for the same.
  expect(after.receiver.outcomes).toEqual({ processed: after.events });
  expect(await after.catchUp().run()).toMatchObject({ resent: 0, owed: 0 });
});

// In the short form more of them, so that there are some.
const SHARE = runSize(0.1, 0.01);
test(`${100 * SHARE} % of answers 500, 429, cut off, slow or HTML: one run brings every event`, {
  timeout: 300_000,
}, async () => {
  const random = new Random(15);
  const after = await night(FAXES, {}, () => (random.chance(SHARE) ? random.pick(FAULTS) : undefined));
  const report = await after.catchUp().run();
  expect(report).toMatchObject({ complete: true, owed: 0 });
  expectAllOnce(after);
  expect(await after.catchUp().run()).toMatchObject({ resent: 0, owed: 0 });
});
