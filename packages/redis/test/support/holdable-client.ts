import type { RedisClient } from "@mintfax-webhooks/redis";
import { type Gate, gate } from "test-support/gate";

/** A call of a script, as ioredis makes it, whose answer is the test's. */
export interface HeldCall extends Gate<unknown> {
  readonly keys: readonly string[];
  /** What is asked of each key. */
  readonly asked: readonly string[];
}

/** A client whose calls are answered when the test says so. */
export function holdableClient(): { readonly client: RedisClient; readonly calls: readonly HeldCall[] } {
  const calls: HeldCall[] = [];
  const run = (_script: string, keyCount: number, ...args: string[]): Promise<unknown> => {
    const asked = args.slice(keyCount + 1).filter((_, i) => i % 2 === 0);
    const call = { keys: args.slice(0, keyCount), asked, ...gate<unknown>() };
    calls.push(call);
    return call.promise;
  };
  return { client: { evalsha: run, eval: run } as unknown as RedisClient, calls };
}
