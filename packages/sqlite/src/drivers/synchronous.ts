import { ConfigurationError, StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { Call, Row } from "../connection.ts";
import { ConnectionInUseError, inMemory } from "../errors.ts";
import { FLUSH_ALWAYS, isTableThere, lookFor, refuseIfRequired } from "../preparation.ts";
import type { Schema } from "../schema.ts";
import type { SynchronousDatabase } from "./clients.ts";

type Values = readonly (string | number)[];
type RunStatement = (values: Values) => readonly Row[];

/** What some drivers have beyond {@link SynchronousDatabase}. */
interface Extras {
  /** better-sqlite3 and Bun. */
  readonly inTransaction?: unknown;
  /** node:sqlite. */
  readonly isTransaction?: unknown;
}

/** `PRAGMA synchronous`: more than the store needs. */
const EXTRA = 3;

/** A database of `better-sqlite3`, `node:sqlite` or `bun:sqlite`, which the application may use too. */
export class SynchronousConnection {
  readonly #database: SynchronousDatabase & Extras;
  readonly #statements = new Map<string, RunStatement>();
  #takesList: boolean | undefined;
  /** A transaction of this store that could not be rolled back. */
  #isLeftOpen = false;

  constructor(database: SynchronousDatabase) {
    this.#database = database;
  }

  /** Copies the journal into the database. */
  checkpoint(): void {
    this.#all("PRAGMA wal_checkpoint(FULL)");
  }

  /**
   * @returns the path of the database
   * @throws {ConfigurationError} for a database in memory, which forgets
   */
  prepare(schema: Schema): string {
    return this.#withoutWaiting(() => {
      const main = this.#all("PRAGMA database_list").find(({ name }) => name === "main");
      if (typeof main?.file !== "string" || main.file === "") throw inMemory();
      // First, so that nothing is set up in a file that is not a store's.
      const isThere = isTableThere(schema, this.#all(lookFor(schema))[0]);
      if (!isThere) refuseIfRequired(schema);
      this.#setUp();
      if (!isThere) {
        this.#inTransaction(() => {
          for (const statement of schema.statements) this.#database.exec(statement);
        });
      }
      // The file of a journal that was not one before is made by the next read.
      this.#all(lookFor(schema));
      return main.file;
    });
  }

  transact(calls: readonly Call[]): readonly (readonly Row[])[] {
    return this.#withoutWaiting(() =>
      this.#inTransaction(() => {
        const answers: (readonly Row[])[] = [];
        for (const { sql, values, unlessAnswered } of calls) {
          const isAnswered = unlessAnswered === true && (answers.at(-1)?.length ?? 0) > 0;
          answers.push(isAnswered ? [] : this.#statement(sql)(values));
        }
        return answers;
      }),
    );
  }

  read({ sql, values }: Call): readonly Row[] {
    return this.#withoutWaiting(() => this.#statement(sql)(values));
  }

  /** So that a power cut loses nothing that was acknowledged. */
  #setUp(): void {
    const journal = this.#all("PRAGMA journal_mode = WAL")[0]?.journal_mode;
    if (journal !== "wal") {
      throw new StoreMisconfiguredError(
        `SQLite keeps its journal as ${JSON.stringify(journal)}, and did not change to "wal". The file system cannot map shared memory, ` +
          "or the database is in memory. Put the file on a local disk.",
      );
    }
    if (Number(this.#all("PRAGMA synchronous")[0]?.synchronous) < EXTRA) this.#database.exec(FLUSH_ALWAYS);
    // On macOS, a plain flush leaves the data in the disk's cache.
    this.#database.exec("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
  }

  /** While SQLite waits for a lock, the event loop stands still: the store waits with timers instead. */
  #withoutWaiting<T>(work: () => T): T {
    const waitMs = Number(this.#all("PRAGMA busy_timeout")[0]?.timeout);
    if (waitMs === 0) return work();
    this.#database.exec("PRAGMA busy_timeout = 0");
    try {
      return work();
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${waitMs}`);
    }
  }

  #inTransaction<T>(work: () => T): T {
    const { inTransaction, isTransaction } = this.#database;
    if (inTransaction === true || isTransaction === true) {
      if (!this.#isLeftOpen) throw new ConnectionInUseError();
      this.#database.exec("ROLLBACK");
    }
    this.#database.exec("BEGIN IMMEDIATE");
    this.#isLeftOpen = true;
    try {
      const answer = work();
      this.#database.exec("COMMIT");
      this.#isLeftOpen = false;
      return answer;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** After some errors, SQLite has rolled back by itself. */
  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
      this.#isLeftOpen = false;
    } catch {
      const { inTransaction, isTransaction } = this.#database;
      this.#isLeftOpen = inTransaction === true || isTransaction === true;
    }
  }

  #all(sql: string): readonly Row[] {
    return this.#statement(sql)([]);
  }

  #statement(sql: string): RunStatement {
    let run = this.#statements.get(sql);
    if (run === undefined) {
      const statement = this.#database.prepare(sql);
      // A database of node:sqlite may be set to return rows as lists.
      (statement as { setReturnArrays?(on: boolean): void }).setReturnArrays?.(false);
      run = (values) => {
        if (values.length === 0) return rowsFrom(statement.all());
        this.#takesList ??= takesList(this.#database);
        return rowsFrom(this.#takesList ? statement.all(...values) : statement.all(numbered(values)));
      };
      this.#statements.set(sql, run);
    }
    return run;
  }
}

/** better-sqlite3 takes `?1` for a name, and wants an object. */
function takesList(database: SynchronousDatabase): boolean {
  const statement = database.prepare("SELECT ?1 AS given");
  try {
    statement.all(1);
    return true;
  } catch {
    return false;
  }
}

function numbered(values: Values): Readonly<Record<number, string | number>> {
  return Object.fromEntries(values.map((value, index) => [index + 1, value]));
}

/** @throws {ConfigurationError} for a driver with callbacks or promises, such as the package `sqlite3` */
function rowsFrom(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return answer;
  throw new ConfigurationError(
    "store_invalid",
    "database does not answer at once, as one of the package sqlite3 does not; expected one of better-sqlite3, node:sqlite or " +
      "bun:sqlite, or the path of a file.",
  );
}
