import { join } from "node:path";
import { bullmqParked, bullmqProcessor, bullmqQueue } from "@mintfax-webhooks/queue/bullmq";
import type { HandOffEngine } from "conformance/hand-off";
import { Redis } from "ioredis";
import type { RedisServer } from "test-support/redis-server";
import { connect, type Place } from "./connect.ts";

const JOBS = ["waiting", "active", "delayed", "prioritized", "completed", "failed"] as const;

/** Moves delays, locks, the store's leases and its retention back by so much, and wakes the workers. */
const MOVE_BACK = `
local queue, store, ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
for _, key in ipairs(redis.call('KEYS', queue .. '*:lock')) do
  local leftMs = redis.call('PTTL', key) - ms
  if leftMs <= 0 then redis.call('DEL', key) else redis.call('PEXPIRE', key, leftMs) end
end
local delayed = redis.call('ZRANGE', queue .. 'delayed', 0, -1)
for _, id in ipairs(delayed) do redis.call('ZINCRBY', queue .. 'delayed', -ms * 4096, id) end
redis.call('ZADD', queue .. 'marker', 0, '0')
for _, key in ipairs(redis.call('KEYS', store .. '*')) do
  local leftMs = redis.call('PTTL', key) - ms
  local state, fence, untilMs, owner = string.match(redis.call('GET', key), '^(%a) (%d+) (%d+) (.*)$')
  if leftMs <= 0 then
    redis.call('DEL', key)
  else
    redis.call('SET', key, string.format('%s %s %.0f %s', state, fence, math.max(0, untilMs - ms), owner), 'PX', leftMs)
  end
end`;

/** Every key and value of the server, as text. */
const DUMP = `
local read = {
  string = function(key) return { redis.call('GET', key) } end,
  hash = function(key) return redis.call('HGETALL', key) end,
  list = function(key) return redis.call('LRANGE', key, 0, -1) end,
  set = function(key) return redis.call('SMEMBERS', key) end,
  zset = function(key) return redis.call('ZRANGE', key, 0, -1) end,
  stream = function(key)
    local texts = {}
    for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do table.insert(texts, table.concat(entry[2], ' ')) end
    return texts
  end,
}
local lines = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local values = read[redis.call('TYPE', key)['ok']](key)
  table.insert(lines, key .. ' ' .. table.concat(values, ' '))
end
return table.concat(lines, '\\n')`;

let opened = 0;

/** @param redis with `appendonly yes`, so that it keeps what it has acknowledged */
export function bullmqEngine(redis: RedisServer): HandOffEngine {
  return {
    name: "BullMQ",
    program: join(import.meta.dirname, "hand-off-process.ts"),
    async open({ retryForMs } = {}) {
      opened += 1;
      const prefix = `{suite-${opened}}`;
      const place = JSON.stringify({ url: redis.url, prefix, retryForMs } satisfies Place);
      const connection = await connect(place);
      const { bullmq, redis: client } = connection;
      return {
        ...connection,
        parked: bullmqParked(bullmq),
        async put(message) {
          await bullmq.add("by hand", message);
        },
        async remove(id) {
          for (const job of await bullmq.getJobs([...JOBS])) if (job.data?.id === id) await job.remove();
        },
        async elapse(ms) {
          await client.eval(MOVE_BACK, 0, `${prefix}:mintfax:`, `${prefix}:store:`, ms);
        },
        isAtWork: async () => (await bullmq.getActiveCount()) > 0,
        dump: async () => String(await client.eval(DUMP, 0)),
        place,
      };
    },
    server: {
      kill: () => redis.kill(),
      restart: () => redis.restart(),
      freeze: () => redis.pause(),
      thaw: () => redis.resume(),
    },
    wrongClients: {
      "a client of Redis": () => bullmqQueue(new Redis({ lazyConnect: true }) as never),
      "what bullmqQueue() returns": () => bullmqParked({ engine: "bullmq", enqueue() {} } as never),
      "a URL": () => bullmqQueue("redis://127.0.0.1:6379" as never),
      nothing: () => bullmqQueue(undefined as never),
      "a queue as the worker": () => bullmqProcessor({ add() {} } as never),
    },
  };
}
