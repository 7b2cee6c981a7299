import { createD1Store, createDurableObjectStore } from "@mintfax-webhooks/cloudflare";
import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Env } from "./env.ts";

export type StoreName = "Durable Object" | "D1";

/** As the engine is: this is about claims, not about how fast the machine is. */
export const PATIENT = { timeoutMs: 5_000 };

/** Both stores, over the bindings themselves. */
export const STORES: Readonly<Record<StoreName, (env: Env) => LeaseStore>> = {
  "Durable Object": (env) => createDurableObjectStore({ binding: env.MINTFAX_DEDUP, ...PATIENT }),
  D1: (env) => createD1Store({ database: env.DB, ...PATIENT }),
};
