import { createRedisStore } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { RedisServer } from "test-support/redis-server";
import type { Subject } from "./subject.ts";

const PREFIX = "model:";

/** All that is stored about a key is moved back by so much. */
const MOVE_BACK = `
local row = redis.call('GET', KEYS[1])
if not row then return end
local leftMs = redis.call('PTTL', KEYS[1]) - ARGV[1]
local state, fence, untilMs, owner = string.match(row, '^(%a) (%d+) (%d+) (.*)$')
if leftMs <= 0 then
  redis.call('DEL', KEYS[1])
else
  local moved = math.max(0, untilMs - ARGV[1])
  redis.call('SET', KEYS[1], string.format('%s %s %.0f %s', state, fence, moved, owner), 'PX', leftMs)
end`;

export async function openRedis(): Promise<Subject> {
  const server = await RedisServer.start();
  const client = new Redis(server.url);
  return {
    name: "Redis",
    store: createRedisStore({ client, keyPrefix: PREFIX, retentionMs: 7 * 24 * 3_600_000 }),
    retentionMs: 7 * 24 * 3_600_000,
    elapse: (ms, { namespace, id }) => client.eval(MOVE_BACK, 1, `${PREFIX}${namespace}:${id}`, ms),
    async close() {
      client.disconnect();
      await server.stop();
    },
  };
}
