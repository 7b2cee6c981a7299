import type { LeaseStore } from "@mintfax-webhooks/core";
import { createSqliteStore, type SqliteStoreOptions } from "@mintfax-webhooks/sqlite";
import { leaseStoreSuite } from "@mintfax-webhooks/testing/store-suite";
import { describe, expect, test } from "vitest";
import { DRIVERS } from "./support/drivers.ts";
import { newFiles } from "./support/folder.ts";
import { otherProgram } from "./support/other-program.ts";

const newFile = newFiles();
const other = otherProgram();

interface Opened {
  readonly store: LeaseStore;
  readonly file: string;
  close(): void | Promise<void>;
}

interface OpenDatabase {
  readonly database: SqliteStoreOptions["database"];
  close(): void;
}

/** By the file's name, too, as most applications open it. */
const OPENERS: Readonly<Record<string, (file: string) => OpenDatabase>> = {
  "the name of the file": (file) => ({ database: file, close() {} }),
  ...DRIVERS,
};

describe.each(Object.entries(OPENERS))("%s", (_, openDatabase) => {
  const open = (file: string, options: Omit<SqliteStoreOptions, "database">): Opened => {
    const { database, close } = openDatabase(file);
    try {
      const store = createSqliteStore({ database, ...options });
      return {
        store,
        file,
        close() {
          store.close();
          close();
        },
      };
    } catch (error) {
      close();
      throw error;
    }
  };

  const { cases, skipped } = leaseStoreSuite<Opened>({
    name: "sqlite",
    open: (options) => open(newFile(), { timeoutMs: 5_000, ...options }),
    elapse: (ms, { file }) =>
      other.run(
        file,
        `UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - ${ms}, expires_ms = expires_ms - ${ms}`,
      ),
    wipe: ({ file }) => other.run(file, "DELETE FROM mintfax_dedup"),
    unavailable: {
      async "another program holds the write lock"() {
        const file = newFile();
        await other.run(file, "PRAGMA journal_mode = WAL");
        const opened = open(file, { timeoutMs: 300 });
        await other.keep(file, "BEGIN IMMEDIATE");
        return {
          ...opened,
          async close() {
            await other.leave(file);
            await opened.close();
          },
        };
      },
      async "another program keeps the whole file locked"() {
        const file = newFile();
        const opened = open(file, { timeoutMs: 300 });
        await opened.close();
        await other.keep(file, "PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE theirs (id)");
        const again = open(file, { timeoutMs: 300 });
        return {
          ...again,
          async close() {
            await other.leave(file);
            await again.close();
          },
        };
      },
      async "the database is closed"() {
        const opened = open(newFile(), {});
        await opened.close();
        return { ...opened, close() {} };
      },
    },
  });
  test.each(cases)("$name", ({ run }) => run());

  test("nothing is left out", () => {
    expect(skipped).toEqual([]);
  });
});
