/**
 * What Cloudflare, the bindings and handlers do wrong, at random. What cannot be had here is the death of the queue itself:
 * miniflare keeps messages in memory.
 */
import { createFetchHandler } from "@mintfax-webhooks/core";
import { handOff } from "@mintfax-webhooks/queue";
import { type CloudflareQueueBinding, cloudflareQueue } from "@mintfax-webhooks/queue/cloudflare";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { Ledger } from "conformance/hand-off/ledger";
import { SECRET } from "conformance/hostile";
import { actAtOnce } from "test-support/at-once";
import { Random } from "test-support/random";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsumerSetup } from "./worker/setup.ts";
import { Workerd } from "./workerd.ts";

const EVENTS = 1_000;
/** To end what hangs. */
const TIMEOUT_MS = 900_000;
const HOUR_MS = 3_600_000;
const TICKS_MAX = 200;
/** Of handlers, and of calls of the binding, each before and after it has stored the message. */
const FAILING = 0.1;
/** Of the consumer: one for each hour. */
const FAULTS: readonly ConsumerSetup["fault"][] = [
  undefined,
  "ended",
  "ended after the work",
  "queue throws",
];

let workerd: Workerd;
let ledger: Ledger;
beforeAll(async () => {
  workerd = await Workerd.start(1, { maxRetries: 100, retryDelay: 60, hasDeadLetterQueue: true });
  ledger = await Ledger.start();
});
afterAll(async () => {
  await workerd.stop();
  await ledger.stop();
});

test(
  `${EVENTS} events while bindings refuse, handlers fail and Workers end: each is worked on once`,
  async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    console.log(`seed ${seed}`);
    const random = new Random(seed, "cloudflare");
    const fails = (): boolean => random.fraction() < FAILING;
    const effects = new Map<string, number>();
    ledger.onRun = ({ id }) => {
      if (fails()) throw new Error("the charts are down");
      effects.set(id, (effects.get(id) ?? 0) + 1);
    };

    const opened = await workerd.open();
    let refused = 0;
    const refuses = (): void => {
      if (!fails()) return;
      refused += 1;
      throw new Error("Queue send failed: Internal Server Error");
    };
    const binding: CloudflareQueueBinding = {
      async send(message, options) {
        refuses();
        await opened.queue.send(message, options as never);
        refuses();
      },
    };
    const webhooks = createFetchHandler({ secret: SECRET, store: opened.store, onOutcome() {} });
    webhooks.on("*", handOff(cloudflareQueue(binding)));
    const sender = createTestSender({ secret: SECRET, to: webhooks, timeScale: 0 });
    await actAtOnce(20, EVENTS, async () => {
      const event = eventFixture("fax.delivered");
      effects.set(event.id, 0);
      while ((await sender.attempt(event)).status !== 200);
    });
    expect(refused).toBeGreaterThan(EVENTS * FAILING);

    const open = (): number => [...effects.values()].filter((count) => count === 0).length;
    for (let ticks = 0; open() > 0 && ticks < TICKS_MAX; ticks += 1) {
      const fault = FAULTS[ticks % FAULTS.length];
      opened.consume({ worker: { ledger: ledger.url }, ...(fault !== undefined && { fault }) });
      await opened.settled();
      // A lease does not end while its handler is at work.
      await opened.pause();
      await opened.elapse(HOUR_MS);
    }
    expect(open()).toBe(0);
    expect([...effects.values()].filter((count) => count > 1)).toEqual([]);
    expect(await opened.parked.list()).toEqual([]);
    const outcomes = ledger.outcomes.map(({ outcome }) => outcome);
    // Each of them took place, or this has shown nothing.
    expect(outcomes).toEqual(expect.arrayContaining(["processed", "failed", "duplicate"]));
  },
  TIMEOUT_MS,
);
