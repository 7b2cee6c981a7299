import { createD1Store, createDurableObjectStore } from "@mintfax-webhooks/cloudflare";
import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Env } from "./env.ts";

export type SoundStoreName = "Durable Object" | "D1";

/** Those that are set up wrong, too. */
export type StoreName =
  | SoundStoreName
  | "D1 without the table"
  | "Durable Object of another class"
  | "Durable Object without SQLite";

/** As the engine is: this is about claims, not about how fast the machine is. */
export const PATIENT = { timeoutMs: 5_000 };

/** Both stores, over the bindings themselves, and what can be wrong with these. */
export const STORES: Readonly<Record<StoreName, (env: Env) => LeaseStore>> = {
  "Durable Object": (env) => createDurableObjectStore({ binding: env.MINTFAX_DEDUP, ...PATIENT }),
  D1: (env) => createD1Store({ database: env.DB, ...PATIENT }),
  "D1 without the table": (env) => createD1Store({ database: env.EMPTY_DB }),
  "Durable Object of another class": (env) => createDurableObjectStore({ binding: env.OTHER_CLASS as never }),
  "Durable Object without SQLite": (env) => createDurableObjectStore({ binding: env.NO_SQLITE }),
};
