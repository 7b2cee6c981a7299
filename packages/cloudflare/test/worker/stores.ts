import { createD1Store, createDurableObjectStore } from "@mintfax-webhooks/cloudflare";
import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Env } from "./env.ts";

export type StoreName = "Durable Object" | "D1";

/** Both stores, over the bindings themselves. */
export const STORES: Readonly<Record<StoreName, (env: Env) => LeaseStore>> = {
  "Durable Object": (env) => createDurableObjectStore({ binding: env.MINTFAX_DEDUP }),
  D1: (env) => createD1Store({ database: env.DB }),
};
