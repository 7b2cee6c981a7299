import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { isMysql, isPostgres } from "../database-url.ts";
import { FILES_IN_WORDS, type Variable, variable, withEnvFileOption } from "../environment.ts";
import { UsageError } from "../usage-error.ts";

const VARIABLE = "MINTFAX_STORE_URL";

/** Options of every command that opens a store. */
export interface StoreOptions {
  readonly store?: string;
  readonly envFile?: string;
  readonly table?: string;
  readonly schema?: string;
  readonly prefix?: string;
}

/** Where a store is. A URL may have a password, so it is never printed. */
export type StoreAddress =
  | {
      readonly kind: "postgres";
      readonly url: string;
      readonly table: string | undefined;
      readonly schema: string | undefined;
    }
  | { readonly kind: "mysql"; readonly url: string; readonly table: string | undefined }
  | { readonly kind: "redis"; readonly url: string; readonly prefix: string | undefined }
  | { readonly kind: "sqlite"; readonly file: string };

export function withStoreOptions(command: Command): Command {
  command.option(
    "--store <url or file>",
    `postgres://..., mysql://..., redis://... or an SQLite file (else: ${VARIABLE}, .env)`,
  );
  return withEnvFileOption(command, VARIABLE)
    .option("--table <name>", "the store's table in PostgreSQL or MySQL (default: mintfax_webhooks)")
    .option("--schema <schema>", "the schema of that table, in PostgreSQL")
    .option("--prefix <prefix>", "the start of the store's keys in Redis (default: mintfax:)");
}

/** Whether the options or the environment name a store. */
export function isStoreNamed({ store, envFile }: StoreOptions): boolean {
  return store !== undefined || variable(VARIABLE, envFile) !== undefined;
}

/** @throws {UsageError} where the options name no store */
export function storeAddressFrom({ store, envFile, table, schema, prefix }: StoreOptions): StoreAddress {
  const found = store === undefined ? variable(VARIABLE, envFile) : { text: store, source: "--store" };
  if (found === undefined) {
    throw new UsageError(
      `No store. Set ${VARIABLE} to the postgres://, mysql:// or redis:// URL or to the SQLite file of your receiver's store (in the ` +
        `environment, or in ${FILES_IN_WORDS} in this directory), or pass --store URL or --env-file FILE.`,
    );
  }
  const url = found.text.trim();
  if (/^rediss?:\/\//i.test(url)) {
    refuse({ "--table": table }, TABLES, "of Redis");
    refuse({ "--schema": schema }, "PostgreSQL", "of Redis");
    return { kind: "redis", url, prefix };
  }
  refuse({ "--prefix": prefix }, "Redis", "not of Redis");
  if (isPostgres(url)) return { kind: "postgres", url, table, schema };
  if (isMysql(url)) {
    refuse({ "--schema": schema }, "PostgreSQL", "of MySQL, whose URL names the database");
    return { kind: "mysql", url, table };
  }
  refuse({ "--table": table }, TABLES, "an SQLite file");
  refuse({ "--schema": schema }, "PostgreSQL", "an SQLite file");
  return {
    kind: "sqlite",
    file: fileFrom({ ...found, text: url }, "postgres://..., mysql://... or redis://..."),
  };
}

const TABLES = "PostgreSQL and MySQL";

/**
 * @param urls the forms of URL that would have been understood, for the message
 * @throws {UsageError} for a URL of another kind
 */
export function fileFrom({ text, source }: Variable, urls: string): string {
  if (/^file:\/\//i.test(text)) return fileURLToPath(text);
  // As Prisma and libSQL name a file.
  const path = text.replace(/^file:/i, "");
  if (path === "" || /^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new UsageError(`${source} is neither a URL of the form ${urls} nor the path of an SQLite file.`);
  }
  return path;
}

function refuse(options: Readonly<Record<string, string | undefined>>, of: string, store: string): void {
  for (const [option, value] of Object.entries(options)) {
    if (value !== undefined) throw new UsageError(`${option} is for ${of}, and the store is ${store}.`);
  }
}
