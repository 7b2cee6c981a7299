import { ExampleProcess } from "test-support/example-process";
import type { Receiver } from "../contract/receiver.ts";

/** Examples whose handlers take any fax, by framework. That of Express alone wants an order for each. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "AWS Lambda": "lambda",
  Express: "express-redis",
  Fastify: "fastify",
  "fetch handler": "fetch",
  "Hono in workerd": "hono-cloudflare",
  "Hono on Node": "hono-node",
  Koa: "koa",
  NestJS: "nestjs",
};

/** A function gets a body once AWS has read it to its end, so the example's server does so, too. */
const LEFT_TO_AWS = ["transport.oversized", "transport.stalled"];

/** The example of each framework, as a process of its own. */
export const OUR_RECEIVERS: readonly Receiver[] = Object.entries(EXAMPLES).map(([framework, folder]) => ({
  name: `ours, ${framework}`,
  start: (secret) => ExampleProcess.start(folder, { MINTFAX_WEBHOOK_SECRET: secret }),
  expected: { trigger: [], simulate: [], certify: [], advised: folder === "lambda" ? LEFT_TO_AWS : [] },
}));
