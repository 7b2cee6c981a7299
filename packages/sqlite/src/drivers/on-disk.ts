import { StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { Call, Connection, Row } from "../connection.ts";
import { OpenFiles } from "../database-file.ts";
import type { Schema } from "../schema.ts";
import type { SynchronousDatabase } from "./clients.ts";
import type { OpenFile } from "./find.ts";
import { SynchronousConnection } from "./synchronous.ts";

/**
 * A connection whose files are watched: what SQLite writes into a deleted file, it acknowledges, and it is gone when the
 * process ends.
 */
abstract class WatchedConnection implements Connection {
  readonly answersLater = false;
  readonly isServer = false;
  readonly #schema: Schema;
  #files: OpenFiles | undefined;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  abstract get connection(): SynchronousConnection;
  /** The path leads to another file, or to none. */
  abstract moved(path: string): void;

  prepare(): void {
    if (this.#files?.look() === "moved") this.#leave(this.#files);
    const path = this.connection.prepare(this.#schema);
    this.#files ??= new OpenFiles(path);
  }

  transact(calls: readonly Call[]): readonly (readonly Row[])[] {
    const where = this.#files?.look();
    if (where === "moved") this.prepare();
    if (where === "journal lost") this.#rescue(this.#files as OpenFiles);
    return this.connection.transact(calls);
  }

  read(call: Call): readonly Row[] {
    return this.connection.read(call);
  }

  #leave({ path }: OpenFiles): void {
    this.moved(path);
    this.#files = undefined;
  }

  /** @throws {StoreMisconfiguredError} always */
  #rescue({ path, isJournalMissing }: OpenFiles): never {
    // The deleted journal is still open here. Once it is in the database, a restart loses nothing.
    if (isJournalMissing) this.connection.checkpoint();
    throw new StoreMisconfiguredError(
      `Another program has deleted or replaced ${path}-wal, which belongs to the database while it is open. Restart all processes ` +
        "that use the database. To copy it, run VACUUM INTO, or .backup of the sqlite3 command.",
    );
  }
}

/** A file that the store has opened itself. Opened anew where it was deleted or replaced. */
export class OwnFile extends WatchedConnection {
  readonly #path: string;
  readonly #open: OpenFile;
  #database: ReturnType<OpenFile>;
  #connection: SynchronousConnection;

  constructor(path: string, open: OpenFile, schema: Schema) {
    super(schema);
    this.#path = path;
    this.#open = open;
    this.#database = open(path);
    this.#connection = new SynchronousConnection(this.#database);
  }

  get connection(): SynchronousConnection {
    return this.#connection;
  }

  moved(): void {
    // First, since the directory may be missing too. Then the old files are kept, in case they come back.
    const database = this.#open(this.#path);
    this.close();
    this.#database = database;
    this.#connection = new SynchronousConnection(this.#database);
  }

  close(): void {
    this.#database.close();
  }
}

/** A database that the application has opened. */
export class GivenDatabase extends WatchedConnection {
  readonly connection: SynchronousConnection;

  constructor(database: SynchronousDatabase, schema: Schema) {
    super(schema);
    this.connection = new SynchronousConnection(database);
  }

  moved(path: string): never {
    throw new StoreMisconfiguredError(
      `Another program has deleted or replaced ${path} while your application has it open. Restart all processes that use it.`,
    );
  }
}
