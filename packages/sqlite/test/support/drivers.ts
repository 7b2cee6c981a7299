import { createRequire } from "node:module";
import { createClient } from "@libsql/client";
import type { SqliteStoreOptions } from "@mintfax-webhooks/sqlite";
import BetterSqlite3 from "better-sqlite3";
import { createClient as createClient015 } from "libsql-client-015";

const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite") as typeof import("node:sqlite");

/** A database that a test has opened. */
export interface OpenDatabase {
  readonly database: Exclude<SqliteStoreOptions["database"], string>;
  close(): void;
}

/** Every driver that runs in Node 22.13 and later. */
export const DRIVERS: Readonly<Record<string, (file: string) => OpenDatabase>> = {
  "better-sqlite3 13"(file) {
    const database = new BetterSqlite3(file);
    return { database, close: () => database.close() };
  },
  "node:sqlite"(file) {
    const database = new DatabaseSync(file);
    return { database, close: () => database.close() };
  },
  "@libsql/client 0.18"(file) {
    const database = createClient({ url: `file:${file}` });
    return { database, close: () => database.close() };
  },
  "@libsql/client 0.15"(file) {
    const database = createClient015({ url: `file:${file}` });
    return { database, close: () => database.close() };
  },
};
