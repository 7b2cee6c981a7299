/** Deliveries through a receiver with the Redis store, and the same number of bare calls by the same client. */
import { randomUUID } from "node:crypto";
import { createReceiver, type Receiver } from "@mintfax-webhooks/core/adapter";
import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { verifyNatively } from "../contestants/native.ts";
import { answerQuestions } from "../processes/protocol.ts";
import { SECRET } from "../terms.ts";
import { inFlight, type Taken, type TimedTaken, timedInFlight } from "./in-flight.ts";
import { incoming, receive } from "./receiving.ts";
import { type Call, plainCalls, type RedisName, recording, sampleCalls } from "./redis/calls.ts";
import { type ScriptCost, scriptCosts, serverCpuMicros } from "./redis/script-costs.ts";

const OWNER = "clinic-web-1/12345/tp68rk/5Yx0bLqW7d2N.1";
const RETENTION_MS = "604800000";
const clients = new Map<RedisName, RedisClient>();

answerQuestions({
  async connect({ url }: { url: string }): Promise<void> {
    clients.set("ioredis", new Redis(url) as unknown as RedisClient);
    const pipelined = new Redis(url, { enableAutoPipelining: true });
    clients.set("ioredis, pipelined", pipelined as unknown as RedisClient);
    clients.set("node-redis", (await createClient({ url }).connect()) as unknown as RedisClient);
  },

  /** @returns how many calls of any kind a delivery makes */
  async calls({ client }: { client: RedisName }): Promise<number> {
    const calls: Call[] = [];
    const receiver = receiverOn(recording(clientOf(client), calls));
    // The first ones teach the server its scripts.
    for (const each of incoming(2)) await receive(receiver, each);
    calls.length = 0;
    const counted = 100;
    for (const each of incoming(counted)) await receive(receiver, each);
    return calls.length / counted;
  },

  async deliveries({ client, count }: { client: RedisName; count: number }): Promise<Taken> {
    const receiver = receiverOn(clientOf(client));
    const fresh = incoming(count);
    return inFlight(count, (n) => receive(receiver, fresh[n] as (typeof fresh)[number]));
  },

  /** Claim and completion through the store, without a receiver. */
  async store({ client, count }: { client: RedisName; count: number }): Promise<Taken> {
    const store = createRedisStore({ client: clientOf(client), timeoutMs: 5_000 });
    const prefix = randomUUID();
    return inFlight(count, async (n) => {
      const key = { namespace: "store", id: `${prefix}${n}` };
      const claim = await store.claim(key, OWNER, 45_000);
      if (claim.state !== "claimed") throw new Error(claim.state);
      await store.complete(key, { owner: OWNER, fence: claim.fence });
    });
  },

  /** The same with a number of deliveries in flight, in groups or one step a call. */
  grouped({ client, batchMax, ...load }: Grouped): Promise<GroupedTaken> {
    const store = createRedisStore({
      client: clientOf(client),
      timeoutMs: 5_000,
      ...(batchMax && { batchMax }),
    });
    const prefix = randomUUID();
    return withServer(load, async (n, timed) => {
      const key = { namespace: "store", id: `${prefix}${n}` };
      const owner = `${OWNER}${n}`;
      const claim = await timed(store.claim(key, owner, 45_000));
      if (claim.state !== "claimed") throw new Error(claim.state);
      await store.complete(key, { owner, fence: claim.fence });
    });
  },

  /** As `least`, with a number of deliveries in flight. */
  async leastInFlight({ client, ...load }: Grouped): Promise<GroupedTaken> {
    const setAndDone = await leastCalls(client);
    return withServer(load, (n, timed) => timed(setAndDone(n)));
  },

  /** The store's own two scripts, called with nothing around them. */
  async bare({ client, count }: { client: RedisName; count: number }): Promise<Taken> {
    return inFlight(count, await claimsAndCompletions(client));
  },

  /** With the least that a signed event asks for beside them: what deliveries could reach at best. */
  async verified({ client, count }: { client: RedisName; count: number }): Promise<Taken> {
    const fresh = incoming(count);
    const claimAndComplete = await claimsAndCompletions(client);
    return inFlight(count, async (n) => {
      const delivery = fresh[n] as (typeof fresh)[number];
      const body = await delivery.readBody({ limitBytes: 1_048_576, timeoutMs: 5_000 });
      if (verifyNatively((name) => delivery.header(name), body) === undefined) throw new Error("refused");
      await claimAndComplete(n);
    });
  },

  async scriptCosts(): Promise<ScriptCost[]> {
    return scriptCosts(clients.get("ioredis") as unknown as Redis, await sampleOf("ioredis"));
  },

  /** The least that two calls could do: remember, and mark as done. */
  async least({ client, count }: { client: RedisName; count: number }): Promise<Taken> {
    return inFlight(count, await leastCalls(client));
  },
});

/** How many deliveries are in flight, and how many steps a call carries at most: by default the store's own bound. */
export interface Grouped {
  readonly client: RedisName;
  readonly count: number;
  readonly atOnce: number;
  readonly batchMax?: number;
}

export interface GroupedTaken extends TimedTaken {
  /** Of the server, for a delivery. */
  readonly serverCpuMicros: number;
}

async function withServer(
  { count, atOnce }: Pick<Grouped, "count" | "atOnce">,
  act: Parameters<typeof timedInFlight>[1],
): Promise<GroupedTaken> {
  const redis = clients.get("ioredis") as unknown as Redis;
  const before = await serverCpuMicros(redis);
  const taken = await timedInFlight(count, act, atOnce);
  return { ...taken, serverCpuMicros: ((await serverCpuMicros(redis)) - before) / count };
}

async function leastCalls(client: RedisName): Promise<(n: number) => Promise<void>> {
  const run = plainCalls(client, clientOf(client));
  const load = async (source: string): Promise<string> =>
    String(await (clients.get("ioredis") as unknown as Redis).script("LOAD", source));
  const set = await load("return redis.call('SET', KEYS[1], ARGV[2], 'NX', 'GET', 'PX', ARGV[1]) or 1");
  const done = await load("redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1]) return 1");
  const prefix = `least:${randomUUID()}:`;
  return async (n) => {
    await run(set, `${prefix}${n}`, [RETENTION_MS, "pending"]);
    await run(done, `${prefix}${n}`, [RETENTION_MS, "done"]);
  };
}

function clientOf(name: RedisName): RedisClient {
  return clients.get(name) as RedisClient;
}

function receiverOn(client: RedisClient): Receiver {
  const store = createRedisStore({ client, timeoutMs: 5_000 });
  return createReceiver({ secret: SECRET, store }).on("fax.delivered", async () => {});
}

async function claimsAndCompletions(client: RedisName): Promise<(n: number) => Promise<void>> {
  const run = plainCalls(client, clientOf(client));
  const { claim, complete } = await sampleOf(client);
  const prefix = `bare:${randomUUID()}:`;
  return async (n) => {
    const key = `${prefix}${n}`;
    const fence = String(await run(claim.sha1, key, claim.args));
    const answer = await run(
      complete.sha1,
      key,
      complete.args.map((arg) => arg.replace(complete.fence, fence)),
    );
    if (Number(answer) !== 1) throw new Error(`not completed: ${answer}`);
  };
}

async function sampleOf(client: RedisName) {
  const calls: Call[] = [];
  const receiver = receiverOn(recording(clientOf(client), calls));
  const [first, second] = incoming(2);
  if (first === undefined || second === undefined) throw new Error("no deliveries");
  await receive(receiver, first);
  calls.length = 0;
  await receive(receiver, second);
  return sampleCalls(calls);
}
