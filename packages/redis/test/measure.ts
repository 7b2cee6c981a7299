/**
 * What the store costs on a real Redis on this machine: bytes per id in each state, and calls per second.
 *
 *   pnpm --filter @mintfax-webhooks/redis measure
 */

import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Holder } from "@mintfax-webhooks/core/store";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Redis } from "ioredis";
import { RedisServer } from "test-support/redis-server";

const IDS = 100_000;
const BATCH = 1_000;
/** As many as a busy server has in flight. */
const IN_FLIGHT = 32;

const server = await RedisServer.start();
const redis = new Redis(server.url);
const store = createRedisStore({ client: redis, timeoutMs: 5_000 });

const usedBytes = async (): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]);
const keyOf = (id: string) => ({ namespace: "mintfax", id });
/** As the receiver makes them: host, process and a random part, and a number within the process. */
const owner = (i: number): string => `clinic-web-1/12345/tp68rk/5Yx0bLqW7d2N.${i}`;

async function claim(from: LeaseStore, id: string, i: number): Promise<Holder> {
  const answer = await from.claim(keyOf(id), owner(i), 45_000);
  if (answer.state !== "claimed") throw new Error(answer.state);
  return { owner: owner(i), fence: answer.fence };
}

const ids = Array.from({ length: IDS }, () => eventFixture("fax.delivered").id);
const holders: Holder[] = [];
async function inBatches(act: (id: string, i: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < IDS; from += BATCH) {
    await Promise.all(ids.slice(from, from + BATCH).map((id, i) => act(id, from + i)));
  }
}

const empty = await usedBytes();
await inBatches(async (id, i) => {
  holders[i] = await claim(store, id, i);
});
const pending = await usedBytes();
await inBatches((id, i) => Promise.resolve(store.complete(keyOf(id), holders[i] as Holder)));
const done = await usedBytes();
console.log(`${IDS} ids of ${ids[0]?.length} characters, namespace "mintfax", prefix "mintfax:"`);
console.log(`bytes per pending id: ${Math.round((pending - empty) / IDS)}`);
console.log(`bytes per done id:    ${Math.round((done - empty) / IDS)}`);

async function perSecond(
  name: string,
  callsEach: number,
  act: (i: number) => Promise<unknown>,
): Promise<void> {
  const rounds = 50_000;
  let next = 0;
  const startMs = performance.now();
  const worker = async (): Promise<void> => {
    while (next < rounds) await act(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const seconds = (performance.now() - startMs) / 1_000;
  const perSecond = Math.round(rounds / seconds);
  console.log(`${name}: ${perSecond}/s, ${callsEach} round trip(s) each, ${IN_FLIGHT} in flight`);
}

await perSecond("plain PING     ", 1, () => redis.ping());
await perSecond("claim of done  ", 1, async (i) => store.claim(keyOf(ids[i] as string), "other", 45_000));
await perSecond("claim, complete", 2, async (i) => {
  const id = `evt_fresh${i}`;
  await store.complete(keyOf(id), await claim(store, id, i));
});

redis.disconnect();
await server.stop();
