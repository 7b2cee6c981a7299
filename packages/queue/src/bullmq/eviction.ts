import { print } from "@mintfax-webhooks/core/worker";
import { QueueMisconfiguredError } from "../errors.ts";

interface RedisInfo {
  info(): Promise<unknown>;
}

/** Where BullMQ 5 and 6 keep their Redis client. */
interface WithRedis {
  readonly client?: Promise<RedisInfo>;
  getBackend?(): { readonly client?: Promise<RedisInfo> };
}

/**
 * Holds that Redis does not delete jobs when its memory is full. The keys of jobs have no time to live, so a policy that evicts
 * such keys only (`volatile-lru`, the default of some providers) does them no harm.
 *
 * @throws {QueueMisconfiguredError} for a policy that may evict any key
 */
export async function checkEvictionPolicy(queue: object): Promise<void> {
  const foreign = queue as WithRedis;
  const client = await (foreign.client ?? foreign.getBackend?.().client);
  if (typeof client?.info !== "function") return;
  let said: unknown;
  try {
    said = await client.info();
  } catch (error) {
    if (!/NOPERM|unknown command/.test(String((error as Error | undefined)?.message))) throw error;
    print(
      "BullMQ: Redis does not allow INFO, so its maxmemory-policy is not known. Make sure that it is noeviction: with any other, Redis may delete events that wait in the queue.",
    );
    return;
  }
  const policy = /^maxmemory_policy:(allkeys-[a-z]+)/m.exec(String(said))?.[1];
  if (policy === undefined) return;
  throw new QueueMisconfiguredError(
    `The maxmemory-policy of Redis is ${policy}; expected noeviction. When its memory is full, Redis would delete events that wait in the queue. Set it in redis.conf or at your provider, or run: redis-cli CONFIG SET maxmemory-policy noeviction.`,
  );
}
