import { ConfigurationError, StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import { fileSystem } from "./network-file-system.ts";

const fs = (): typeof import("node:fs") => process.getBuiltinModule("node:fs");

/**
 * The absolute path of a database file that may be created.
 *
 * @throws {ConfigurationError} for a name that is not a path
 * @throws {StoreMisconfiguredError} for a directory that does not exist, or is on a network file system
 */
export function checkedPath(name: string): string {
  if (name === "" || name === ":memory:") {
    throw new ConfigurationError(
      "store_invalid",
      `database is ${JSON.stringify(name)}, which forgets all ids when the process ends; expected the path of a file. In tests, take ` +
        "createMemoryStore().",
    );
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(name)) {
    throw new ConfigurationError(
      "store_invalid",
      "database is a URL; expected the path of a file, or an open database. For a libSQL server, pass createClient({ url }) of @libsql/client.",
    );
  }
  const { basename, dirname, join, resolve } = process.getBuiltinModule("node:path");
  const path = resolve(name);
  let real: string;
  try {
    // A link may lead to another directory.
    real = fs().existsSync(path)
      ? fs().realpathSync(path)
      : join(fs().realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw new StoreMisconfiguredError(
      `The directory ${dirname(path)} of the database cannot be read. Create it, or name another file. Relative paths start at ` +
        `the working directory, ${process.cwd()}.`,
      { cause: error },
    );
  }
  refuseNetwork(real);
  return real;
}

/** @throws {StoreMisconfiguredError} for a file that a driver would create */
export function requireFile(path: string): void {
  if (fs().existsSync(path)) return;
  throw new StoreMisconfiguredError(`There is no file ${path}. It is not created (create: false).`);
}

function refuseNetwork(path: string): void {
  let type = path.startsWith("\\\\") ? "a network share" : undefined;
  try {
    const found = fileSystem(path, fs().readFileSync("/proc/self/mounts", "utf8"));
    if (found.isNetwork) type = found.type;
  } catch {
    // Only Linux tells.
  }
  if (type === undefined) return;
  throw new StoreMisconfiguredError(
    `The file ${path} is on a network file system (${type}), where SQLite can neither lock the file nor keep it whole. Put the ` +
      "file on a local disk. For several machines, take the store of @mintfax-webhooks/redis or @mintfax-webhooks/postgres.",
  );
}

/** Whether the path of an open database still leads to it. */
export type Whereabouts = "there" | "moved" | "journal lost";

/** Files that a connection has open. Both stay where they are while it is open, unless another program deletes or replaces them. */
export class OpenFiles {
  readonly path: string;
  readonly #database: number | undefined;
  readonly #journal: number | undefined;

  /** @param path of a database that has just been read from */
  constructor(path: string) {
    this.path = path;
    this.#database = inodeOf(path);
    this.#journal = inodeOf(`${path}-wal`);
  }

  look(): Whereabouts {
    if (inodeOf(this.path) !== this.#database) return "moved";
    return inodeOf(`${this.path}-wal`) === this.#journal ? "there" : "journal lost";
  }

  /** No other connection has begun a journal of its own. */
  get isJournalMissing(): boolean {
    return inodeOf(`${this.path}-wal`) === undefined;
  }
}

function inodeOf(path: string): number | undefined {
  return fs().statSync(path, { throwIfNoEntry: false })?.ino;
}
