import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { figureOf } from "../../stats/summary.ts";
import type { sampleCalls } from "./calls.ts";

const CALLS_OF_A_PIPELINE = 200;
const ROUNDS = 25;

/** Scripts with as many arguments as the store's. */
const PARTS = {
  "an empty script": "return 1",
  "a script of GET": "redis.call('GET', KEYS[1]) return 1",
  "a script of TIME": "redis.call('TIME') return 1",
  "a script of SET": "redis.call('SET', KEYS[1], ARGV[3], 'NX', 'PX', ARGV[1]) return 1",
} as const;

/** A script, and the CPU time of the server for a call of it. */
export interface ScriptCost {
  readonly what: string;
  readonly serverCpuMicros: number;
}

/**
 * What scripts cost the server, with 200 calls in one write to it, so that its reads and writes of the connection are not
 * counted. Rounds take turns.
 */
export async function scriptCosts(
  redis: Redis,
  { claim, complete }: ReturnType<typeof sampleCalls>,
): Promise<ScriptCost[]> {
  const costs = new Map<string, number[]>();
  const call = async (
    what: string,
    sha1: string,
    keys: readonly string[],
    argsOf: (n: number) => readonly string[],
  ) => {
    const before = await serverCpuMicros(redis);
    const answers = await redis
      .pipeline(keys.map((key, n) => ["evalsha", sha1, "1", key, ...argsOf(n)]))
      .exec();
    const took = (await serverCpuMicros(redis)) - before;
    costs.set(what, [...(costs.get(what) ?? []), took / keys.length]);
    return (answers ?? []).map(([error, answer]) => {
      if (error !== null) throw error;
      return String(answer);
    });
  };
  const parts = new Map<string, string>();
  for (const [what, source] of Object.entries(PARTS))
    parts.set(what, String(await redis.script("LOAD", source)));
  const newKeys = () => {
    const prefix = `mintfax:mintfax:${randomUUID()}`;
    return Array.from({ length: CALLS_OF_A_PIPELINE }, (_, n) => `${prefix}${n}`);
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [what, sha1] of parts) await call(what, sha1, newKeys(), () => claim.args);
    const keys = newKeys();
    const fences = await call("the store's claim", claim.sha1, keys, () => claim.args);
    await call("the store's completion", complete.sha1, keys, (n) =>
      complete.args.map((arg) => arg.replace(complete.fence, fences[n] as string)),
    );
  }
  return [...costs].map(([what, micros]) => ({ what, serverCpuMicros: figureOf(micros).median }));
}

/** User and system time of the server so far. */
export async function serverCpuMicros(redis: Redis): Promise<number> {
  const said = await redis.info("cpu");
  const seconds = (kind: string) => Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(said)?.[1]);
  return 1e6 * (seconds("user") + seconds("sys"));
}
