import { createMemoryStore, type DedupStore } from "@mintfax-webhooks/core";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { Pool, type PoolClient } from "pg";
import type { Ledger } from "../ledger.ts";
import { observedLease, observedTransactional } from "./observed.ts";
import { planted } from "./plant.ts";
import type { ReceiverSettings } from "./settings.ts";

/** What handlers write with, where it is Postgres. */
export type Writer = Pick<PoolClient, "query">;

export interface Opened {
  readonly store: DedupStore<Writer>;
  /** Where a handler writes if it goes past its `tx`. */
  readonly pool?: Pool;
}

/** Clients complain about every broken connection; what matters here is what becomes of deliveries. */
function ignore(): void {}

export function openStore({ store, url, name, plant }: ReceiverSettings, ledger: Ledger): Opened {
  switch (store) {
    case "memory":
      return { store: observedLease(planted(createMemoryStore(), plant), ledger) };
    case "redis": {
      const client = new Redis(url, { connectionName: name }).on("error", ignore);
      return { store: observedLease(planted(createRedisStore({ client }), plant), ledger) };
    }
    case "postgres": {
      const pool = openPool(url, name);
      return { store: observedLease(planted(createPostgresStore({ pool }), plant), ledger), pool };
    }
    case "postgres tx": {
      const pool = openPool(url, name);
      return { store: observedTransactional(createPostgresTransactionalStore({ pool }), ledger), pool };
    }
  }
}

function openPool(connectionString: string, name: string): Pool {
  return new Pool({ connectionString, application_name: name, max: 10 }).on("error", ignore);
}
