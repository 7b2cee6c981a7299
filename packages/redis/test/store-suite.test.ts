import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { leaseStoreSuite } from "@mintfax-webhooks/testing/store-suite";
import { freePort } from "test-support/free-port";
import { HAS_REDIS } from "test-support/redis-server";
import { SERVERS, type TestServer } from "test-support/redis-servers";
import { runSize } from "test-support/run-size";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, connect } from "./support/clients.ts";
import { TestRedis } from "./support/test-redis.ts";

test("CI has a real redis-server", () => {
  expect(HAS_REDIS || process.env.CI !== "true").toBe(true);
});

/** Time goes on for the keys of a prefix: all that is stored about them is moved back by so much. */
const MOVE_BACK = `
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local leftMs = redis.call('PTTL', key) - ARGV[2]
  local row = redis.call('GET', key)
  local state, fence, untilMs, owner = string.match(row, '^(%a) (%d+) (%d+) (.*)$')
  if leftMs <= 0 then
    redis.call('DEL', key)
  else
    local moved = math.max(0, untilMs - ARGV[2])
    redis.call('SET', key, string.format('%s %s %.0f %s', state, fence, moved, owner), 'PX', leftMs)
  end
end`;

/** As the engine is: a thousand calls at once are about claims, not about how fast the machine is. */
const PATIENT = { timeoutMs: 5_000 };

interface Opened {
  readonly store: LeaseStore;
  readonly keyPrefix: string;
  close(): void | Promise<void>;
}

/** Takes connections and never says a word. */
let mute: Server;
const muted = new Set<Socket>();
beforeAll(async () => {
  mute = createServer((socket) => muted.add(socket)).listen(0, "127.0.0.1");
  await once(mute, "listening");
});
afterAll(() => {
  for (const socket of muted) socket.destroy();
  mute.close();
});

/** The stand-in too where there is nothing else. */
const serverNames = Object.keys(SERVERS).slice(runSize(-1, 0));

describe.each(serverNames)("%s", (serverName) => {
  const server = new TestRedis(SERVERS[serverName] as () => Promise<TestServer>);
  let prefixes = 0;

  const unreachable = (clientName: string, url: string): Opened => {
    const { client, close } = connect(clientName, url);
    return { store: createRedisStore({ client, timeoutMs: 300 }), keyPrefix: "", close };
  };

  describe.each(Object.keys(CLIENTS))("%s", (clientName) => {
    const { cases, skipped } = leaseStoreSuite<Opened>({
      name: "redis",
      async open(options) {
        const { client, close } = connect(clientName, server.url);
        // A client of node-redis that is closed while it connects leaves the connection open.
        await client.ping();
        prefixes += 1;
        const keyPrefix = `suite-${prefixes}:`;
        try {
          return { store: createRedisStore({ client, keyPrefix, ...PATIENT, ...options }), keyPrefix, close };
        } catch (error) {
          void close();
          throw error;
        }
      },
      elapse: (ms, { keyPrefix }) => server.operator.eval(MOVE_BACK, 0, keyPrefix, ms),
      async wipe({ keyPrefix }) {
        await server.operator.del(await server.operator.keys(`${keyPrefix}*`));
      },
      unavailable: {
        "a closed port": async () => unreachable(clientName, `redis://127.0.0.1:${await freePort()}`),
        "no answer": () =>
          unreachable(clientName, `redis://127.0.0.1:${(mute.address() as AddressInfo).port}`),
      },
    });
    test.each(cases)("$name", ({ run }) => run());

    test("nothing is left out", () => {
      expect(skipped).toEqual([]);
    });
  });
});
