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
 * Holds that Redis does not delete jobs when its memory is full, and says so where a crash of it can lose them. The keys of jobs
 * have no time to live, so a policy that evicts such keys only (`volatile-lru`, the default of some providers) does them no harm.
 *
 * @throws {QueueMisconfiguredError} for a policy that may evict any key
 */
export async function checkDurability(queue: object): Promise<void> {
  const foreign = queue as WithRedis;
  const client = await (foreign.client ?? foreign.getBackend?.().client);
  if (typeof client?.info !== "function") return;
  let info: string;
  try {
    info = String(await client.info());
  } catch (error) {
    if (!/NOPERM|unknown command/.test(String((error as Error | undefined)?.message))) throw error;
    print(
      "BullMQ: Redis does not allow INFO, so it is not known whether it keeps what it acknowledges. Make sure that its maxmemory-policy is noeviction, and appendonly is yes.",
    );
    return;
  }
  const policy = /^maxmemory_policy:(allkeys-[a-z]+)/m.exec(info)?.[1];
  if (policy !== undefined) {
    throw new QueueMisconfiguredError(
      `The maxmemory-policy of Redis is ${policy}; expected noeviction. When its memory is full, Redis would delete events that wait in the queue. Set it in redis.conf or at your provider, or run: redis-cli CONFIG SET maxmemory-policy noeviction.`,
    );
  }
  // Providers replicate instead, so it is not an error.
  if (/^aof_enabled:0/m.test(info)) {
    print(
      "BullMQ: Redis keeps no append-only file, so a crash of it loses events that wait in the queue, unless a replica takes over. Set appendonly yes in redis.conf, or run: redis-cli CONFIG SET appendonly yes.",
    );
  }
}
