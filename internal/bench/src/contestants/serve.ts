/** The server of one contestant, in its own process: `serve.js <contestant>`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerQuestions } from "../processes/protocol.ts";
import type { MakeListener } from "./contestant.ts";
import type { ContestantName } from "./list.ts";
import { lastUsed } from "./use.ts";

/** Imported one by one: no contestant has to carry what the others import. */
const LISTENERS: Readonly<Record<ContestantName, () => Promise<MakeListener>>> = {
  "node-floor": async () => (await import("./node.ts")).floor,
  octokit: async () => (await import("./octokit.ts")).middleware,
  "node-native": async () => (await import("./node.ts")).native,
  "node-mintfax": async () => (await import("./node.ts")).mintfax,
  "express-floor": async () => (await import("./express.ts")).floor,
  "express-end": async () => (await import("./express.ts")).end,
  "express-guide": async () => (await import("./express.ts")).guide,
  "express-polar": async () => (await import("./express.ts")).polar,
  "express-native": async () => (await import("./express.ts")).native,
  "express-mintfax": async () => (await import("./express.ts")).mintfax,
  "fastify-floor": async () => (await import("./fastify.ts")).floor,
  "fastify-guide": async () => (await import("./fastify.ts")).guide,
  "fastify-native": async () => (await import("./fastify.ts")).native,
  "fastify-mintfax": async () => (await import("./fastify.ts")).mintfax,
  "hono-floor": async () => (await import("./hono.ts")).floor,
  "hono-guide": async () => (await import("./hono.ts")).guide,
  "hono-polar": async () => (await import("./hono.ts")).polar,
  "hono-native": async () => (await import("./hono.ts")).native,
  "hono-mintfax": async () => (await import("./hono.ts")).mintfax,
  "koa-floor": async () => (await import("./koa.ts")).floor,
  "koa-guide": async () => (await import("./koa.ts")).guide,
  "koa-native": async () => (await import("./koa.ts")).native,
  "koa-mintfax": async () => (await import("./koa.ts")).mintfax,
};

/** What a server says of itself. */
export interface ServerState {
  readonly port: number;
  readonly runtime: string;
  /** User and system time of the whole process. */
  readonly cpuMicros: number;
  /** How often a handler ran. */
  readonly handled: number;
}

let handled = 0;
const makeListener = await LISTENERS[process.argv[2] as ContestantName]();
const listener = await makeListener(() => {
  handled += 1;
});
const server = createServer(listener).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

answerQuestions({
  state(): ServerState {
    const { user, system } = process.cpuUsage();
    return { port, runtime: `Node ${process.version}`, cpuMicros: user + system, handled };
  },
  lastUsed,
});
