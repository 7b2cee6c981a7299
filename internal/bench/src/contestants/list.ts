import type { Expected } from "../load/answers.ts";
import type { Contestant } from "./contestant.ts";

const RECEIVED: Expected = { status: 200, contains: '{"received":true}' };
const OK: Expected = { status: 200, contains: "ok" };
const PROCESSED: Expected = { status: 200, contains: '"outcome":"processed"' };

export type ContestantName =
  | `node-${"floor" | "native" | "mintfax"}`
  | "octokit"
  | `${"express" | "fastify" | "hono" | "koa"}-${"floor" | "guide" | "native" | "mintfax"}`
  | `${"express" | "hono"}-polar`
  | "express-end";

const NATIVE = "least: HMAC and JSON.parse alone";

/** Every server that is measured over HTTP, in the order of the table. */
export const CONTESTANTS: Readonly<Record<ContestantName, Contestant>> = {
  "node-floor": floor("node:http", "bare: reads the body, answers", OK),
  octokit: { ...guide("node:http", "@octokit/webhooks", OK), kind: "github" },
  "node-native": guide("node:http", NATIVE),
  "node-mintfax": ours("node:http", "mintfax: core/node"),
  "express-floor": floor("Express 5", "floor: express.raw, res.json"),
  "express-end": floor("Express 5", "express.raw, res.end", OK),
  "express-guide": guide("Express 5", "vendor's guide: standardwebhooks"),
  "express-polar": { ...guide("Express 5", "@polar-sh/express"), kind: "polar" },
  "express-native": guide("Express 5", NATIVE),
  "express-mintfax": ours("Express 5", "mintfax"),
  "fastify-floor": floor("Fastify 5", "floor: bytes by a parser, JSON"),
  "fastify-guide": guide("Fastify 5", "vendor's guide: standardwebhooks"),
  "fastify-native": guide("Fastify 5", NATIVE),
  "fastify-mintfax": ours("Fastify 5", "mintfax"),
  "hono-floor": floor("Hono on Node", "floor: reads the body, c.text", OK),
  "hono-guide": guide("Hono on Node", "vendor's guide: standardwebhooks"),
  "hono-polar": { ...guide("Hono on Node", "@polar-sh/hono"), kind: "polar" },
  "hono-native": guide("Hono on Node", NATIVE),
  "hono-mintfax": ours("Hono on Node", "mintfax"),
  "koa-floor": floor("Koa 3", "floor: raw-body, ctx.body"),
  "koa-guide": guide("Koa 3", "vendor's guide: standardwebhooks"),
  "koa-native": guide("Koa 3", NATIVE),
  "koa-mintfax": ours("Koa 3", "mintfax"),
};

export const CONTESTANT_NAMES: readonly ContestantName[] = Object.keys(CONTESTANTS) as ContestantName[];

function floor(group: string, label: string, expected = RECEIVED): Contestant {
  return { group, label, kind: "mintfax", expected, handles: false };
}

function guide(group: string, label: string, expected = RECEIVED): Contestant {
  return { group, label, kind: "mintfax", expected, handles: true };
}

function ours(group: string, label: string): Contestant {
  return { group, label, kind: "mintfax", expected: PROCESSED, handles: true };
}
