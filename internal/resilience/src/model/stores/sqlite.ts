import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import BetterSqlite3 from "better-sqlite3";
import type { Subject } from "./subject.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;

export function openSqlite(): Subject {
  const folder = mkdtempSync(join(tmpdir(), "mintfax-model-"));
  const database = new BetterSqlite3(join(folder, "webhooks.db"));
  const store = createSqliteStore({ database, retentionMs: RETENTION_MS });
  const moveBack = database.prepare(
    `UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - @ms, expires_ms = expires_ms - @ms
     WHERE namespace = @namespace AND id = @id`,
  );
  return {
    name: "SQLite",
    store,
    retentionMs: RETENTION_MS,
    elapse: (ms, key) => moveBack.run({ ms, ...key }),
    close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
