import type { AdapterTarget } from "../adapter-suite/index.ts";
import { EXPRESS_4, EXPRESS_5 } from "./express.ts";
import { FASTIFY_4, FASTIFY_5 } from "./fastify.ts";
import { FETCH_IN_OLDEST_WORKERD, FETCH_IN_WORKERD, FETCH_ON_NODE } from "./fetch.ts";
import { FETCH_MOUNTED_IN_WORKERD, HONO_IN_WORKERD, HONO_ON_NODE } from "./hono.ts";
import { KOA } from "./koa.ts";
import { LAMBDA } from "./lambda.ts";
import { NESTJS_ON_EXPRESS, NESTJS_ON_FASTIFY } from "./nestjs.ts";

/** Every framework, on all that it runs on. */
export const ADAPTER_TARGETS: readonly AdapterTarget[] = [
  EXPRESS_5,
  EXPRESS_4,
  FASTIFY_5,
  FASTIFY_4,
  KOA,
  LAMBDA,
  NESTJS_ON_EXPRESS,
  NESTJS_ON_FASTIFY,
  HONO_ON_NODE,
  HONO_IN_WORKERD,
  FETCH_ON_NODE,
  FETCH_IN_WORKERD,
  FETCH_IN_OLDEST_WORKERD,
  FETCH_MOUNTED_IN_WORKERD,
];

/** The same adapter on an older framework or runtime: `pnpm test` leaves these to `pnpm test:all`. */
export const SECOND_TARGETS: readonly AdapterTarget[] = [
  EXPRESS_4,
  FASTIFY_4,
  NESTJS_ON_FASTIFY,
  FETCH_IN_OLDEST_WORKERD,
  FETCH_MOUNTED_IN_WORKERD,
];
