import type { FaxWatch } from "@mintfax-webhooks/core/store";
import type { Command } from "commander";
import { isMysql, isPostgres } from "../database-url.ts";
import { FILES_IN_WORDS, variable, withEnvFileOption } from "../environment.ts";
import { installed } from "../installed.ts";
import { connectionErrorText } from "../output/connection-error.ts";
import { fileFrom } from "../stores/address.ts";
import { UsageError } from "../usage-error.ts";

const VARIABLE = "DATABASE_URL";
/** How long the server may take to answer. */
const LIMIT_MS = 10_000;
const WATCH_LIMIT_MS = 5_000;

/** Options of every command that looks into a fax watch. */
export interface DatabaseOptions {
  readonly url?: string;
  readonly envFile?: string;
  readonly namespace: string;
  readonly table?: string;
  readonly schema?: string;
}

export function withDatabaseOptions(command: Command): Command {
  command.option(
    "--url <url or file>",
    `postgres://..., mysql://..., or an SQLite file (else: ${VARIABLE}, .env)`,
  );
  return withEnvFileOption(command, VARIABLE)
    .option("--namespace <name>", "the namespace of the watch", "mintfax")
    .option("--table <name>", "the table of the watch in PostgreSQL or MySQL (default: mintfax_fax_watch)")
    .option("--schema <schema>", "the schema of that table, in PostgreSQL");
}

/** A fax watch and its connection. */
export interface OpenFaxWatch {
  /** @throws {UsageError} where the database cannot be used; it holds nothing of the URL that is secret */
  use<T>(work: (watch: FaxWatch) => Promise<T>): Promise<T>;
  close(): unknown;
}

/** @throws {UsageError} where the options name no database */
export async function openFaxWatch({
  url: given,
  envFile,
  ...place
}: DatabaseOptions): Promise<OpenFaxWatch> {
  const found = given === undefined ? variable(VARIABLE, envFile) : { text: given, source: "--url" };
  if (found === undefined) {
    throw new UsageError(
      `No database. Set ${VARIABLE} to the postgres://... or mysql://... URL or the SQLite file of the fax watch (in the environment, or in ` +
        `${FILES_IN_WORDS} in this directory), or pass --url URL or --env-file FILE.`,
    );
  }
  const text = found.text.trim();
  const opened = isPostgres(text)
    ? { server: "PostgreSQL", url: text, open: () => inPostgres(text, place) }
    : isMysql(text)
      ? { server: "MySQL", url: text, open: () => inMysql(text, place) }
      : {
          server: "SQLite",
          url: "",
          open: () => inSqlite(fileFrom({ ...found, text }, "postgres://... or mysql://..."), place),
        };
  const asUsageError = (error: unknown): never => {
    if (error instanceof UsageError) throw error;
    throw new UsageError(connectionErrorText(error, opened.url, opened.server));
  };
  const { watch, close } = await opened.open().catch(asUsageError);
  return { use: (work) => work(watch).catch(asUsageError), close };
}

type Place = Omit<DatabaseOptions, "url" | "envFile">;

interface Opened {
  readonly watch: FaxWatch;
  close(): unknown;
}

async function inPostgres(url: string, { namespace, table, schema }: Place): Promise<Opened> {
  const { default: pg } = await installed("pg", () => import("pg"));
  const { createFaxWatch } = await import("@mintfax-webhooks/postgres");
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: LIMIT_MS,
    query_timeout: LIMIT_MS,
    max: 1,
  }).on("error", ignore);
  const watch = createFaxWatch({
    pool,
    timeoutMs: WATCH_LIMIT_MS,
    namespace,
    ...(table !== undefined && { table }),
    ...(schema !== undefined && { schema }),
  });
  return { watch, close: () => pool.end() };
}

async function inMysql(url: string, { namespace, table, schema }: Place): Promise<Opened> {
  if (schema !== undefined) {
    throw new UsageError(
      "--schema is for PostgreSQL, and the fax watch is in MySQL, whose URL names the database.",
    );
  }
  const { createPool } = await installed("mysql2", () => import("mysql2/promise"));
  const { createFaxWatch } = await import("@mintfax-webhooks/mysql");
  const pool = createPool({ uri: url, connectTimeout: LIMIT_MS, connectionLimit: 1 });
  const watch = createFaxWatch({
    pool,
    timeoutMs: WATCH_LIMIT_MS,
    namespace,
    ...(table !== undefined && { table }),
  });
  return { watch, close: () => pool.end() };
}

async function inSqlite(file: string, { namespace, table, schema }: Place): Promise<Opened> {
  if (table !== undefined || schema !== undefined) {
    throw new UsageError(
      "--table is for PostgreSQL and MySQL, --schema for PostgreSQL, and the fax watch is in an SQLite file.",
    );
  }
  const { createFaxWatch } = await import("@mintfax-webhooks/sqlite");
  const watch = createFaxWatch({ database: file, create: false, timeoutMs: WATCH_LIMIT_MS, namespace });
  return { watch, close: () => watch.close() };
}

/** A lost connection makes the call fail that needs it. */
function ignore(): void {}
