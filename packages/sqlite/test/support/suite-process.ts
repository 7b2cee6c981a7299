/**
 * The store suite as a program, for runtimes in which vitest does not run: `suite-process <driver> <folder>`. Prints one line of
 * JSON for each case that fails, and how many there were.
 */
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { createSqliteStore, type SynchronousDatabase } from "@mintfax-webhooks/sqlite";
import { leaseStoreSuite } from "@mintfax-webhooks/testing/store-suite";

const [, , driver = "", folder = ""] = process.argv;
const require = createRequire(import.meta.url);

type Database = SynchronousDatabase & { close(): void };

/** @returns what opens databases: a class of better-sqlite3, by its path, or the one of Bun */
function classOf(name: string): new (file: string) => Database {
  return name === "bun:sqlite" ? require(name).Database : require(name);
}
const DatabaseClass = classOf(driver);

interface Opened {
  readonly store: LeaseStore;
  readonly database: Database;
  close(): void;
}

const newFile = (): string => join(mkdtempSync(join(folder, "case-")), "webhooks.db");

function open(options: { retentionMs?: number; timeoutMs?: number }): Opened {
  const database = new DatabaseClass(newFile());
  const store = createSqliteStore({ database, ...options });
  return { store, database, close: () => database.close() };
}

const { cases, skipped } = leaseStoreSuite<Opened>({
  name: driver,
  open: (options) => open({ timeoutMs: 5_000, ...options }),
  // The same copy of SQLite, so the connection itself can move time.
  elapse: (ms, { database }) =>
    database.exec(
      `UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - ${ms}, expires_ms = expires_ms - ${ms}`,
    ),
  wipe: ({ database }) => database.exec("DELETE FROM mintfax_dedup"),
  unavailable: {
    "another connection holds the write lock"() {
      const file = newFile();
      const database = new DatabaseClass(file);
      const store = createSqliteStore({ database, timeoutMs: 300 });
      const other = new DatabaseClass(file);
      other.exec("BEGIN IMMEDIATE");
      return {
        store,
        database,
        close() {
          other.close();
          database.close();
        },
      };
    },
  },
});

const failures: string[] = [];
for (const { name, run } of cases) {
  await run().catch((error: unknown) => failures.push(`${name}: ${error}`));
}
// By the file's name too: which driver is found.
const found = createSqliteStore(newFile());
const claim = await found.claim({ namespace: "mintfax", id: "evt_1" }, "me", 45_000);
found.close();
console.log(JSON.stringify({ cases: cases.length, skipped, failures, byName: claim.state }));
