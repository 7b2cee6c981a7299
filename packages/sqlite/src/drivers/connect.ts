import { ConfigurationError } from "@mintfax-webhooks/core/store";
import type { Connection } from "../connection.ts";
import { checkedPath, requireFile } from "../database-file.ts";
import { isBusy, storeErrorFrom } from "../errors.ts";
import type { Schema } from "../schema.ts";
import type { LibsqlClient, SynchronousDatabase } from "./clients.ts";
import { findDriver } from "./find.ts";
import { LibsqlConnection } from "./libsql.ts";
import { GivenDatabase, OwnFile } from "./on-disk.ts";

/** The path of a file, or what a driver has opened. */
type Database = string | SynchronousDatabase | LibsqlClient;

/**
 * Opens the file, or takes the open database, and creates the table. Where a lock of another process delays that, the first
 * call does it.
 *
 * @throws {ConfigurationError} for a value that is not a database, and for a database in memory
 * @throws {StoreMisconfiguredError} for a set-up that cannot work
 * @throws {StoreUnavailableError} where SQLite fails otherwise
 */
export function connect(
  database: Database,
  schema: Schema,
): { readonly connection: Connection; readonly isPrepared: boolean } {
  try {
    const connection = connectionTo(database, schema);
    return { connection, isPrepared: isPrepared(connection) };
  } catch (error) {
    throw storeErrorFrom(error);
  }
}

function connectionTo(database: Database, schema: Schema): Connection {
  if (typeof database === "string") {
    const path = checkedPath(database);
    if (schema.isRequired) requireFile(path);
    return new OwnFile(path, findDriver(), schema);
  }
  if (isLibsql(database)) return new LibsqlConnection(database, schema);
  if (isSynchronous(database)) return new GivenDatabase(database, schema);
  throw new ConfigurationError(
    "store_invalid",
    `database is ${database === null ? "null" : `a value of type ${typeof database}`}; expected the path of a file, a database of better-sqlite3, ` +
      "node:sqlite or bun:sqlite, or a client of @libsql/client.",
  );
}

function isPrepared(connection: Connection): boolean {
  if (connection.answersLater) return false;
  try {
    void connection.prepare();
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function isLibsql(database: object): database is LibsqlClient {
  const { batch, execute, protocol } = Object(database) as Partial<LibsqlClient>;
  // A transaction of a client has no protocol. The application may roll it back.
  return typeof batch === "function" && typeof execute === "function" && typeof protocol === "string";
}

function isSynchronous(database: object): database is SynchronousDatabase {
  const { prepare, exec } = Object(database) as Partial<SynchronousDatabase>;
  return typeof prepare === "function" && typeof exec === "function";
}
