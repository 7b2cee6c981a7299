/** Events through hand-off and a worker on a real engine, and the same through the engine alone. */
import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { createSeal, createWorker, handOff, type QueuedMessage, type Worker } from "@mintfax-webhooks/queue";
import { deliveriesOf } from "../load/requests.ts";
import { answerQuestions } from "../processes/protocol.ts";
import { percentiles } from "../stats/summary.ts";
import { SECRET } from "../terms.ts";
import { inFlight, type Taken } from "./in-flight.ts";
import { openBullmq } from "./queue/bullmq.ts";
import type { BenchEngine, EngineName, Stop } from "./queue/engine.ts";
import { openGraphileWorker } from "./queue/graphile-worker.ts";
import { openPgBoss } from "./queue/pg-boss.ts";
import { incoming, receive } from "./receiving.ts";

const OPEN: Readonly<Record<EngineName, (url: string) => Promise<BenchEngine>>> = {
  bullmq: openBullmq,
  "pg-boss": openPgBoss,
  "graphile-worker": openGraphileWorker,
};
const engines = new Map<EngineName, BenchEngine>();
const seal = createSeal({ keys: { bench: new Uint8Array(32).fill(7) }, current: "bench" });

interface Count {
  readonly engine: EngineName;
  readonly count: number;
}

answerQuestions({
  async connect({ engine, url }: { engine: EngineName; url: string }): Promise<void> {
    engines.set(engine, await OPEN[engine](url));
  },

  /** The engine's own way to add a job, with the message that a hand-off would add. */
  async add({ engine, count }: Count): Promise<Taken> {
    const { add } = engineOf(engine);
    const messages = messagesOf(count);
    return cleared(engine, () =>
      inFlight(count, (n) => add(`bench-${messages[n]?.id}`, messages[n] as QueuedMessage)),
    );
  },

  async handOff({ engine, count }: Count): Promise<Taken> {
    return handingOff(engine, count, {});
  },

  async sealed({ engine, count }: Count): Promise<Taken> {
    return handingOff(engine, count, { seal });
  },

  /** Verification, claim and completion in a store of the same server, and the hand-off between them. */
  async deliveries({ engine, count }: Count): Promise<Taken> {
    const { queue, store } = engineOf(engine);
    const receiver = createReceiver({ secret: SECRET, store }).on("*", handOff(queue));
    const fresh = incoming(count);
    return cleared(engine, () =>
      inFlight(count, (n) => receive(receiver, fresh[n] as (typeof fresh)[number])),
    );
  },

  /** The engine's own worker. */
  async workBare({ engine, count }: Count): Promise<Taken> {
    return working(engine, count, (handled) => engineOf(engine).workBare(handled));
  },

  /** The engine's own worker, with a handler that claims and completes in a store of the same server. */
  async workByHand({ engine, count }: Count): Promise<Taken> {
    const { workBare, store } = engineOf(engine);
    const owner = "clinic-web-1/12345/tp68rk/5Yx0bLqW7d2N.1";
    return working(engine, count, (handled) =>
      workBare(async ({ namespace, id, body }) => {
        const key = { namespace: `${namespace} by hand`, id };
        const claim = await store.claim(key, owner, 60_000);
        if (claim.state !== "claimed") throw new Error(claim.state);
        JSON.parse(body);
        handled();
        await store.complete(key, { owner, fence: claim.fence });
      }),
    );
  },

  /** With a store that costs next to nothing: what is left is what the worker itself adds. */
  async work({ engine, count }: Count): Promise<Taken> {
    return working(engine, count, (handled) => engineOf(engine).work(workerOn(createMemoryStore(), handled)));
  },

  /** With claim and completion in a store of the same server. */
  async workDeduplicated({ engine, count }: Count): Promise<Taken> {
    const { work, store } = engineOf(engine);
    return working(engine, count, (handled) => work(workerOn(store, handled)));
  },

  /** From the arrival of a delivery to the start of its handler, one at a time. @returns milliseconds: median, 99 % */
  async delay({ engine, count }: Count): Promise<readonly number[]> {
    const { queue, store, work } = engineOf(engine);
    const receiver = createReceiver({ secret: SECRET, store }).on("*", handOff(queue));
    let handled = (): void => {};
    const stop = await work(workerOn(store, () => handled()));
    const delays = new Float64Array(count);
    for (const [n, delivery] of incoming(count).entries()) {
      const started = new Promise<void>((resolve) => {
        handled = resolve;
      });
      // At any moment of an interval of polling.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      const arrivedMs = performance.now();
      await receive(receiver, delivery);
      await started;
      delays[n] = performance.now() - arrivedMs;
    }
    await stop();
    return percentiles(delays, [0.5, 0.99]);
  },
});

function engineOf(name: EngineName): BenchEngine {
  return engines.get(name) as BenchEngine;
}

/** Jobs of earlier measurements would make the next one slower. */
async function cleared<T>(engine: EngineName, measure: () => Promise<T>): Promise<T> {
  await engineOf(engine).clear();
  return measure();
}

function handingOff(
  engine: EngineName,
  count: number,
  options: Parameters<typeof handOff>[1],
): Promise<Taken> {
  const handler = handOff(engineOf(engine).queue, options);
  const { signal } = new AbortController();
  const bodies = bodiesOf(count);
  return cleared(engine, () =>
    inFlight(count, (n) => {
      const [id, body] = bodies[n] as (typeof bodies)[number];
      const event = { type: "fax.delivered", created: 1_800_000_000 };
      return handler(event, { namespace: "mintfax", id, body, signal } as never) as Promise<void>;
    }),
  );
}

/** A queue that is full when the worker starts. Counted from the first handler to the last. */
async function working(
  engine: EngineName,
  count: number,
  start: (handled: () => void) => Promise<Stop>,
): Promise<Taken> {
  const { clear, queue } = engineOf(engine);
  await clear();
  const { signal } = new AbortController();
  const messages = messagesOf(count);
  await inFlight(count, async (n) =>
    queue.enqueue(messages[n] as QueuedMessage, { tx: undefined, platform: undefined, signal }),
  );
  let handled = 0;
  let startMs = 0;
  let before = process.cpuUsage();
  let finished!: (taken: Taken) => void;
  const taken = new Promise<Taken>((resolve) => {
    finished = resolve;
  });
  const stop = await start(() => {
    handled += 1;
    if (handled === 1) {
      startMs = performance.now();
      before = process.cpuUsage();
    }
    if (handled !== count) return;
    const { user, system } = process.cpuUsage(before);
    finished({
      perSecond: ((count - 1) / (performance.now() - startMs)) * 1000,
      cpuMicros: (user + system) / (count - 1),
    });
  });
  const found = await taken;
  await stop();
  if (handled !== count) throw new Error(`${handled} handlers ran for ${count} messages`);
  return found;
}

function workerOn(store: LeaseStore, handled: () => void): Worker {
  return createWorker({ store }).on("*", handled);
}

function bodiesOf(count: number): (readonly [id: string, body: Uint8Array])[] {
  const deliveryOf = deliveriesOf("mintfax");
  return Array.from({ length: count }, (_, n) => {
    const { id, body } = deliveryOf(n);
    return [id, Buffer.from(body, "latin1")] as const;
  });
}

/** As `handOff()` makes them. */
function messagesOf(count: number): QueuedMessage[] {
  return bodiesOf(count).map(([id, body]) => ({
    version: 1,
    namespace: "mintfax",
    id,
    type: "fax.delivered",
    created: 1_800_000_000,
    enqueuedAt: Date.now(),
    body: Buffer.from(body).toString(),
  }));
}
