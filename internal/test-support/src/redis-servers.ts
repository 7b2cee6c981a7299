import { createRedisMock } from "js-redis-server";
import { HAS_REDIS, RedisServer } from "./redis-server.ts";

/** A server to connect to. */
export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The one in npm, which needs nothing installed. It is our stand-in, never proof. */
async function startStandIn(): Promise<TestServer> {
  const server = await createRedisMock();
  return { url: server.url, stop: () => server.close() };
}

/** Every server that this machine has, by name. */
export const SERVERS: Readonly<Record<string, () => Promise<TestServer>>> = {
  "js-redis-server": startStandIn,
  ...(HAS_REDIS && { "redis-server": () => RedisServer.start() }),
};

/** The real one where there is one. */
export const startServer: () => Promise<TestServer> = SERVERS["redis-server"] ?? startStandIn;
