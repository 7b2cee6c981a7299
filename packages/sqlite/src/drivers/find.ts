import { StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import { messageOf } from "../errors.ts";
import type { SynchronousDatabase } from "./clients.ts";

/** A class whose instances are open databases. */
type DatabaseClass = new (file: string, options?: object) => SynchronousDatabase & { close(): void };

/** Opens a file with one of the drivers of this process. */
export type OpenFile = (file: string) => SynchronousDatabase & { close(): void };

/**
 * The driver that this process has: `bun:sqlite`, else `better-sqlite3`, else `node:sqlite`. better-sqlite3 comes before
 * Node's own, since two copies of SQLite in one process must not open the same file: where it is installed, the
 * application uses it.
 *
 * @throws {StoreMisconfiguredError} where there is none, with what to install
 */
export function findDriver(): OpenFile {
  const complaints = new Set<string>();
  const Database = ofBun() ?? betterSqlite3(complaints) ?? ofNode();
  // While SQLite waits for a lock, the event loop stands still.
  if (Database !== undefined) return (file) => new Database(file, { timeout: 0 });
  throw new StoreMisconfiguredError(
    [
      `There is no driver for SQLite. Run \`npm install ${installable()}\`, or use Node 22.13 or later, which has node:sqlite.`,
      ...complaints,
    ].join(" "),
  );
}

function ofBun(): DatabaseClass | undefined {
  return builtin("bun:sqlite")?.Database;
}

function ofNode(): DatabaseClass | undefined {
  return builtin("node:sqlite")?.DatabaseSync;
}

function builtin(name: string): Record<string, DatabaseClass> | undefined {
  // Loading node:sqlite warns that it is experimental, so it is loaded only where it is used.
  const found: object | undefined = process.getBuiltinModule?.(name);
  return found as Record<string, DatabaseClass> | undefined;
}

/** It is installed beside this package, or beside the program that this package is bundled into. */
function betterSqlite3(complaints: Set<string>): DatabaseClass | undefined {
  const { createRequire } = process.getBuiltinModule("node:module");
  for (const from of [import.meta.url, process.argv[1]]) {
    let require: NodeJS.Require;
    let version: string;
    try {
      require = createRequire(from as string);
      ({ version } = require("better-sqlite3/package.json") as { version: string });
    } catch {
      continue;
    }
    if (crashes(version)) {
      complaints.add(
        `better-sqlite3 ${version} needs Node 22 or later; this is Node ${process.versions.node}.`,
      );
      continue;
    }
    try {
      const Database = require("better-sqlite3") as DatabaseClass;
      // The compiled part is loaded with the first database.
      new Database(":memory:").close();
      return Database;
    } catch (error) {
      complaints.add(`better-sqlite3 ${version} is installed, but cannot be loaded: ${messageOf(error)}`);
    }
  }
  return undefined;
}

/** On Node 20, loading version 13 ends the process. */
function crashes(version: string): boolean {
  return Number.parseInt(version, 10) >= 13 && nodeMajor() < 22;
}

function installable(): string {
  return nodeMajor() < 22 ? "better-sqlite3@12" : "better-sqlite3";
}

function nodeMajor(): number {
  return Number.parseInt(process.versions.node, 10);
}
