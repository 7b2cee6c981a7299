/** Times the memory store, and weighs it. Needs `--expose-gc`. */
import { setTimeout as pause } from "node:timers/promises";
import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import { createReceiver, type Receiver } from "@mintfax-webhooks/core/adapter";
import { answerQuestions } from "../processes/protocol.ts";
import { SECRET } from "../terms.ts";
import { inFlight, type Taken } from "./in-flight.ts";
import { incoming, receive } from "./receiving.ts";

/** What {@link longestDeliveryMs} found. */
export interface Pauses {
  readonly fillingMs: number;
  readonly evictingMs: number;
}

const LEASE_MS = 45_000;
/** Long enough for what a store does only now and then to be in it. */
const CLAIMS = 200_000;
const WARM_UP = 200_000;
const DELIVERIES = 20_000;
/** As the receiver makes them: host, process and a random part, and a number within the process. */
const OWNER = "clinic-web-1/12345/tp68rk/5Yx0bLqW7d2N.1";

let ids = 0;
let store: LeaseStore = createMemoryStore();
let receiver: Receiver = createReceiver({ secret: SECRET });

answerQuestions({
  /** Fills a store, for all that is timed from then on. */
  async fill({ ids }: { ids: number }): Promise<void> {
    store = createMemoryStore({ maxIds: ids });
    // Turned over half, and warm for the smallest too.
    deliverNew(store, ids * 1.5 + WARM_UP);
    receiver = createReceiver({ secret: SECRET, store }).on("fax.delivered", async () => {});
    for (const each of incoming(WARM_UP / 20)) await receive(receiver, each);
  },

  /** @returns CPU microseconds of a claim with its completion */
  async claims(): Promise<number> {
    const fresh = Array.from({ length: CLAIMS }, newId);
    await collect();
    const before = process.cpuUsage();
    for (const id of fresh) deliver(store, id);
    return microsSince(before) / CLAIMS;
  },

  /** @returns CPU microseconds of a whole delivery by way of a receiver */
  async deliveries(): Promise<number> {
    const fresh = incoming(DELIVERIES);
    await collect();
    const before = process.cpuUsage();
    for (const each of fresh) await receive(receiver, each);
    return microsSince(before) / DELIVERIES;
  },

  /** The same, with their rate. */
  async taken({ count }: { count: number }): Promise<Taken> {
    const fresh = incoming(count);
    await collect();
    return inFlight(count, (n) => receive(receiver, fresh[n] as (typeof fresh)[number]));
  },

  /** @returns milliseconds of the longest claim or completion while a store fills up, and while it is turned over half */
  async pauses({ ids }: { ids: number }): Promise<Pauses> {
    const one = createMemoryStore({ maxIds: ids });
    const fillingMs = longestDeliveryMs(one, ids);
    return { fillingMs, evictingMs: longestDeliveryMs(one, ids * 1.5) };
  },

  /** @returns bytes for each finished id, beside the text of the id itself */
  async weigh({ ids }: { ids: number }): Promise<number> {
    const texts = await bytesOf(() => Array.from({ length: ids }, newId));
    const filled = await bytesOf(() => {
      const one = createMemoryStore({ maxIds: ids });
      deliverNew(one, ids);
      return one;
    });
    // The list that holds the texts has a pointer for each.
    return (filled - texts) / ids + 8;
  },
});

function microsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The collector's stops are in it. */
function longestDeliveryMs(to: LeaseStore, count: number): number {
  let longestMs = 0;
  for (let n = 0; n < count; n += 1) {
    const id = newId();
    const start = performance.now();
    deliver(to, id);
    longestMs = Math.max(longestMs, performance.now() - start);
  }
  return longestMs;
}

function deliverNew(to: LeaseStore, count: number): void {
  for (let n = 0; n < count; n += 1) deliver(to, newId());
}

function deliver(to: LeaseStore, id: string): void {
  const key = { namespace: "mintfax", id };
  const claim = to.claim(key, OWNER, LEASE_MS);
  if (!("state" in claim) || claim.state !== "claimed") throw new Error(`not claimed: ${id}`);
  if (to.complete(key, { owner: OWNER, fence: claim.fence }) !== "ok") throw new Error(`lost: ${id}`);
}

/** As long as mintfax's, and one piece of memory: a concatenated text is a tree until it is read. */
function newId(): string {
  ids += 1;
  return Buffer.from(`evt_${String(ids).padStart(22, "0")}`, "latin1").toString("latin1");
}

async function bytesOf(make: () => unknown): Promise<number> {
  await collect();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  await collect();
  const bytes = process.memoryUsage().heapUsed - before;
  kept.push(made);
  kept.length = 0;
  return bytes;
}

const kept: unknown[] = [];

/** Twice, with a turn of the event loop between: what finalizers hold is gone only then. */
async function collect(): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    (globalThis as { gc?: () => void }).gc?.();
    await pause(1);
  }
}
