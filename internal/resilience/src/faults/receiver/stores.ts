import { createMemoryStore, type LeaseStore, type TransactionalStore } from "@mintfax-webhooks/core";
import { createMysqlStore, createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { createSqliteStore, type SynchronousDatabase } from "@mintfax-webhooks/sqlite";
import BetterSqlite3 from "better-sqlite3";
import { Redis } from "ioredis";
import { createPool } from "mysql2/promise";
import { Pool } from "pg";
import { SENTINEL_NAME } from "test-support/redis-sentinel";
import type { Ledger } from "../ledger.ts";
import { observedLease, observedTransactional } from "./observed.ts";
import { planted } from "./plant.ts";
import type { ReceiverSettings } from "./settings.ts";

/** What handlers write with, in same-transaction mode. */
export interface Writer {
  query(sql: string, values: (string | number)[]): Promise<unknown>;
}

/** For `pg`. */
export const INSERT_EFFECT = "INSERT INTO effects (id, fence, pid) VALUES ($1, $2, $3)";

export interface Opened {
  readonly store: LeaseStore | TransactionalStore<Writer>;
  /** Where a handler writes if it goes past its `tx`. */
  readonly pool?: Writer;
  /** In same-transaction mode, with the placeholders of its driver. */
  readonly insertEffect?: string;
  readonly migrate?: () => Promise<void>;
}

/** Clients complain about every broken connection; what matters here is what becomes of deliveries. */
function ignore(): void {}

export function openStore(settings: ReceiverSettings, ledger: Ledger): Opened {
  const { store, url, name, plant } = settings;
  switch (store) {
    case "memory":
      return { store: observedLease(planted(createMemoryStore(), plant), ledger) };
    case "redis": {
      const client = openRedis(settings).on("error", ignore);
      const store = createRedisStore({ client, waitReplicas: settings.waitReplicas });
      return { store: observedLease(planted(store, plant), ledger) };
    }
    case "postgres": {
      const pool = openPool(url, name);
      const store = createPostgresStore({ pool });
      return { store: observedLease(planted(store, plant), ledger), pool, migrate: () => store.migrate() };
    }
    case "mysql": {
      const store = createMysqlStore({ pool: createPool(url) });
      return { store: observedLease(planted(store, plant), ledger), migrate: () => store.migrate() };
    }
    case "mysql tx": {
      const pool = createPool(url);
      const store = createMysqlTransactionalStore({ pool });
      return {
        store: observedTransactional<Writer>(store, ledger),
        pool,
        insertEffect: "INSERT INTO effects (id, fence, pid) VALUES (?, ?, ?)",
        migrate: () => store.migrate(),
      };
    }
    case "better-sqlite3":
      return openFile(new BetterSqlite3(url), settings, ledger);
    case "node:sqlite":
      // Loaded here, since it warns that it is experimental.
      return openFile(new (process.getBuiltinModule("node:sqlite").DatabaseSync)(url), settings, ledger);
    case "postgres tx": {
      const pool = openPool(url, name);
      if (plant === "keep-place") keepPlaces(pool);
      const store = createPostgresTransactionalStore({ pool });
      return {
        store: observedTransactional<Writer>(store, ledger),
        pool,
        insertEffect: INSERT_EFFECT,
        migrate: () => store.migrate(),
      };
    }
  }
}

function openFile(database: SynchronousDatabase, { plant }: ReceiverSettings, ledger: Ledger): Opened {
  return { store: observedLease(planted(createSqliteStore({ database }), plant), ledger) };
}

function openRedis({ url, sentinels, name }: ReceiverSettings): Redis {
  if (sentinels.length === 0) return new Redis(url, { connectionName: name });
  // As the README of the store has it.
  return new Redis({
    name: SENTINEL_NAME,
    sentinels: [...sentinels],
    sentinelCommandTimeout: 1_000,
    connectionName: name,
  });
}

function openPool(connectionString: string, name: string): Pool {
  return new Pool({ connectionString, application_name: name, max: 10 }).on("error", ignore);
}

/** The bug: a connection that is given back as broken keeps its place in the pool. */
function keepPlaces(pool: Pool): void {
  pool.on("acquire", (client) => {
    // The pool sets `release` right after this event.
    queueMicrotask(() => {
      const { release } = client;
      client.release = (error) => {
        if (error === undefined || error === false) release();
      };
    });
  });
}
