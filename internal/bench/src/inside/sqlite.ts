/** Claims and completions through the SQLite store, and the same statements by the same driver with nothing around them. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteStore, type SqliteStore, type SynchronousDatabase } from "@mintfax-webhooks/sqlite";
import { answerQuestions } from "../processes/protocol.ts";
import { inFlight, type Taken } from "./in-flight.ts";

export type SqliteDriver = "better-sqlite3" | "node:sqlite";

const OWNER = "clinic-web-1/12345/tp68rk/5Yx0bLqW7d2N.1";
const LEASE_MS = 45_000;

const folder = mkdtempSync(join(tmpdir(), "mintfax-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

interface Opened {
  readonly file: string;
  readonly database: SynchronousDatabase;
  readonly store: SqliteStore;
  /** The statements of a claim and of a completion, by hand. */
  bare(id: string): void;
}

let opened: Opened;

answerQuestions({
  async open({ driver, path }: { driver: SqliteDriver; path: string }): Promise<void> {
    const file = join(folder, `${driver.replace(":", "-")}.db`);
    const Database = classOf(driver, path);
    const database = new Database(file);
    const calls: Call[] = [];
    const recorded = createSqliteStore({ database: recording(database, calls) });
    await claimAndComplete(recorded, "evt_sample");
    const [claim, complete] = ["INSERT INTO mintfax_dedup", "SET state = 'done'"].map((text) =>
      calls.find(({ sql }) => sql.includes(text)),
    );
    if (claim === undefined || complete === undefined)
      throw new Error("a delivery made other calls than these two");
    const [claiming, completing] = [runner(database, claim), runner(database, complete)];
    opened = {
      file,
      database,
      store: createSqliteStore({ database, timeoutMs: 5_000 }),
      bare(id) {
        const [row] = claiming(["mintfax", id, ...claim.values.slice(2)]) as [{ fence: number }];
        if (completing(["mintfax", id, OWNER, row.fence, ...complete.values.slice(4)]).length !== 1)
          throw new Error("not completed");
      },
    };
  },

  /** Puts finished ids into the table. Sorted, as the table keeps them: it would read and write all of its pages otherwise. */
  async fill({ ids }: { ids: number }): Promise<void> {
    opened.database.exec(`
      WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT ${ids})
      INSERT INTO mintfax_dedup (namespace, id, state, owner, fence, lease_until_ms, expires_ms)
      SELECT 'mintfax', 'evt_' || hex(randomblob(11)) AS id, 'done', '${OWNER}', 1785312000123, 0, 4102444800000
      FROM number ORDER BY 2`);
  },

  async store({ count, atOnce }: { count: number; atOnce: number }): Promise<Taken> {
    const prefix = `evt_${randomUUID().slice(0, 22)}`;
    return inFlight(count, (n) => claimAndComplete(opened.store, `${prefix}${n}`), atOnce);
  },

  async bare({ count, atOnce }: { count: number; atOnce: number }): Promise<Taken> {
    const prefix = `evt_${randomUUID().slice(0, 22)}`;
    return inFlight(count, async (n) => opened.bare(`${prefix}${n}`), atOnce);
  },

  /** @returns milliseconds: the longest time for which the event loop did not turn */
  async held({ count, atOnce }: { count: number; atOnce: number }): Promise<number> {
    let longestMs = 0;
    let lastMs = performance.now();
    let handle: NodeJS.Immediate | undefined;
    const turn = (): void => {
      const nowMs = performance.now();
      longestMs = Math.max(longestMs, nowMs - lastMs);
      lastMs = nowMs;
      handle = setImmediate(turn);
    };
    turn();
    const prefix = `evt_${randomUUID().slice(0, 22)}`;
    await inFlight(count, (n) => claimAndComplete(opened.store, `${prefix}${n}`), atOnce);
    clearImmediate(handle);
    return longestMs;
  },

  /** @returns bytes of the file for each of the ids that are in it */
  async bytes(): Promise<number> {
    const checkpoint = opened.database.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    checkpoint.all();
    const [row] = opened.database.prepare("SELECT count(*) AS ids FROM mintfax_dedup").all() as [
      { ids: number },
    ];
    return statSync(opened.file).size / row.ids;
  },
});

async function claimAndComplete(store: SqliteStore, id: string): Promise<void> {
  const key = { namespace: "mintfax", id };
  const claim = await store.claim(key, OWNER, LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  await store.complete(key, { owner: OWNER, fence: claim.fence });
}

function classOf(driver: SqliteDriver, path: string): new (file: string) => SynchronousDatabase {
  if (driver === "better-sqlite3") return createRequire(import.meta.url)(path);
  return process.getBuiltinModule("node:sqlite").DatabaseSync;
}

/** A statement as the store has run it. */
interface Call {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** How the driver was given the values. */
  readonly given: readonly unknown[];
}

function recording(database: SynchronousDatabase, calls: Call[]): SynchronousDatabase {
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        all(...given) {
          const [first] = given;
          const values = typeof first === "object" && first !== null ? Object.values(first) : given;
          calls.push({ sql, values, given });
          return statement.all(...given);
        },
      };
    },
  };
}

function runner(database: SynchronousDatabase, { sql, given }: Call): (values: unknown[]) => unknown[] {
  const statement = database.prepare(sql);
  const asObject = typeof given[0] === "object";
  return (values) =>
    asObject
      ? statement.all(Object.fromEntries(values.map((value, index) => [index + 1, value])))
      : statement.all(...values);
}
