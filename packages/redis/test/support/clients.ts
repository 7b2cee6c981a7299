import type { RedisClient } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { Redis as Redis5 } from "ioredis5";
import { createClient } from "redis";
import { createClient as createClient4 } from "redis4";

/** A client and how to end it, at once. */
export interface TestClient {
  readonly client: RedisClient & { ping(): Promise<string> };
  close(): void | Promise<void>;
}

/** They report broken connections; what counts is what becomes of calls. */
function ignore(): void {}

/** Every client in the versions that the package supports. Connecting is not awaited: servers may be unreachable. */
export const CLIENTS: Readonly<Record<string, (url: string) => TestClient>> = {
  "ioredis 6": (url) => {
    const client = new Redis(url).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
  "ioredis 6, pipelined": (url) => {
    const client = new Redis(url, { enableAutoPipelining: true }).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
  "ioredis 5": (url) => {
    const client = new Redis5(url).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
  "redis 6": (url) => {
    const client = createClient({ url }).on("error", ignore);
    client.connect().catch(ignore);
    return { client, close: () => client.destroy() };
  },
  "redis 4": (url) => {
    const client = createClient4({ url }).on("error", ignore);
    client.connect().catch(ignore);
    return { client, close: () => client.disconnect() };
  },
};

export function connect(client: string, url: string): TestClient {
  const open = CLIENTS[client];
  if (open === undefined) throw new Error(`no client ${client}`);
  return open(url);
}
