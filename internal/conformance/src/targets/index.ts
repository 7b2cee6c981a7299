import type { AdapterTarget } from "@mintfax-webhooks/testing/adapter-suite";
import {
  FETCH_IN_OLDEST_WORKERD,
  FETCH_IN_WORKERD,
  FETCH_ON_NODE,
} from "../../packages/core/test/support/adapter/target.ts";
import { EXPRESS_4, EXPRESS_5 } from "../../packages/express/test/support/target.ts";
import {
  FETCH_MOUNTED_IN_WORKERD,
  HONO_IN_WORKERD,
  HONO_ON_NODE,
} from "../../packages/hono/test/support/target.ts";
import { KOA } from "../../packages/koa/test/support/target.ts";

/** Every framework, on all that it runs on. */
export const ADAPTER_TARGETS: readonly AdapterTarget[] = [
  EXPRESS_5,
  EXPRESS_4,
  KOA,
  HONO_ON_NODE,
  HONO_IN_WORKERD,
  FETCH_ON_NODE,
  FETCH_IN_WORKERD,
  FETCH_IN_OLDEST_WORKERD,
  FETCH_MOUNTED_IN_WORKERD,
];
