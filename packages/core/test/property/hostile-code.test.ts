import {
  createMemoryStore,
  type LeaseStore,
  type OutcomeRecord,
  type ReceiverOptions,
  type TransactionalStore,
} from "@mintfax-webhooks/core";
import { createReceiver, type IncomingDelivery } from "@mintfax-webhooks/core/adapter";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import fc from "fast-check";
import { gate } from "test-support/gate";
import { runs } from "test-support/property-runs";
import { SECRET } from "test-support/receiving";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Conduct, conduct, promptConduct, synchronousConduct } from "../support/hostile-code.ts";
import { Tally } from "./tally.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** All the foreign code that one delivery meets. */
const world = fc.record({
  handler: conduct,
  background: fc.option(conduct, { nil: undefined }),
  claim: conduct,
  renew: conduct,
  complete: conduct,
  release: conduct,
  transact: fc.option(conduct, { nil: undefined }),
  secret: fc.option(conduct, { nil: undefined }),
  options: fc.option(conduct, { nil: undefined }),
  onOutcome: conduct,
  onLateOutcome: conduct,
  telemetry: fc.option(conduct, { nil: undefined }),
  waitUntil: conduct,
  letGo: promptConduct,
  header: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 4 },
    { arbitrary: synchronousConduct, weight: 1 },
  ),
  body: fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, { arbitrary: promptConduct, weight: 1 }),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** Plays one delivery, and what hangs is let go in the end. */
async function play(hostile: World) {
  const release = gate();
  const did = (who: Conduct | undefined, good: () => unknown): unknown =>
    who === undefined ? good() : who.act(good, release.promise);
  let handled = 0;
  const records: OutcomeRecord[] = [];
  const inner = createMemoryStore();
  const lease = {
    kind: "lease",
    claim: (...args: Parameters<LeaseStore["claim"]>) => did(hostile.claim, () => inner.claim(...args)),
    renew: (...args: Parameters<LeaseStore["renew"]>) => did(hostile.renew, () => inner.renew(...args)),
    complete: (...args: Parameters<LeaseStore["complete"]>) =>
      did(hostile.complete, () => inner.complete(...args)),
    release: (...args: Parameters<LeaseStore["release"]>) =>
      did(hostile.release, () => inner.release(...args)),
    forget: () => "absent",
    inspect: () => ({ state: "absent" }),
  } as LeaseStore;
  const transactional = {
    kind: "transactional",
    transact: (_, work) =>
      did(hostile.transact, async () =>
        (await work({ tx: {} as never, fence: 1 })) === "commit" ? "committed" : "rolled_back",
      ),
    forget: () => "absent",
    inspect: () => ({ state: "absent" }),
  } as TransactionalStore<never>;
  const fixed = {
    store: hostile.transact === undefined ? lease : transactional,
    onOutcome: (record: OutcomeRecord) => {
      records.push(record);
      return did(hostile.onOutcome, () => {});
    },
    onLateOutcome: () => did(hostile.onLateOutcome, () => {}),
    ...(hostile.telemetry !== undefined && {
      telemetry: {
        onDelivery: (deliver: () => Promise<OutcomeRecord>) => did(hostile.telemetry, deliver),
        onLateOutcome: () => did(hostile.telemetry, () => {}),
      },
    }),
  };
  const secret = hostile.secret === undefined ? SECRET : () => did(hostile.secret, () => SECRET) as string;
  const receiver =
    hostile.options === undefined
      ? createReceiver({ ...fixed, secret } as ReceiverOptions)
      : createReceiver(() => did(hostile.options, () => ({ ...fixed, secret: SECRET })) as never);
  const onEvent = (_: unknown, context: { waitUntil(promise: PromiseLike<unknown>): void }) => {
    handled += 1;
    if (hostile.background !== undefined) {
      const { background } = hostile;
      context.waitUntil((async () => await did(background, () => {}))());
    }
    return did(hostile.handler, () => {});
  };
  receiver.on("fax.delivered", onEvent as never);

  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  const incoming: IncomingDelivery = {
    method: "POST",
    header: (name) => did(hostile.header, () => headers[name]) as string,
    readBody: () => did(hostile.body, () => Promise.resolve(body)) as Promise<Uint8Array>,
    letGo: () => did(hostile.letGo, () => {}) as undefined,
    waitUntil: (promise) => did(hostile.waitUntil, () => void promise) as undefined,
    platform: undefined,
  };
  const answers: number[] = [];
  const answered = receiver.receive(incoming).then(({ status, body }) => {
    answers.push(status);
    return JSON.parse(body) as { outcome: string };
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(answers).toHaveLength(1);
  release.open();
  let drained = false;
  const draining = receiver.drain().then(() => {
    drained = true;
  });
  await vi.advanceTimersByTimeAsync(200_000);
  expect(drained).toBe(true);
  await draining;
  const { outcome } = await answered;
  return { outcome, status: answers[0], handled, records };
}

test("foreign code that does anything: one answer, one record, drain() ends, and nothing is left to reject", async () => {
  const seen = new Tally();
  const tried = runs(500);
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note).on("uncaughtException", note);
  try {
    await fc.assert(
      fc.asyncProperty(world, async (hostile) => {
        unhandled.length = 0;
        const { outcome, status, handled, records } = await play(hostile);
        await new Promise((resolve) => setImmediate(resolve));
        seen.add(outcome);
        expect([200, 400, 409, 500, 503]).toContain(status);
        // One handler run for one delivery, and "processed" only after one.
        expect(handled).toBeLessThanOrEqual(1);
        if (outcome === "processed") expect(handled).toBe(1);
        expect(outcome).not.toBe("duplicate");
        if (hostile.options === undefined) expect(records).toHaveLength(1);
        expect(unhandled).toEqual([]);
      }),
      tried,
    );
  } finally {
    process.off("unhandledRejection", note).off("uncaughtException", note);
  }
  // The mutation run takes a few runs only, which do not come to every outcome.
  if (tried.numRuns < 500) return;
  expect(seen.seen).toEqual(
    expect.arrayContaining(["failed", "misconfigured", "processed", "timed_out", "unavailable"]),
  );
});
