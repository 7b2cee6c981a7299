import type { FaxWatch } from "@mintfax-webhooks/core/store";
import { createFaxWatch } from "@mintfax-webhooks/postgres";
import type { Command } from "commander";
import { variable } from "../environment.ts";
import { installed } from "../installed.ts";
import { connectionErrorText } from "../output/connection-error.ts";
import { UsageError } from "../usage-error.ts";

const VARIABLE = "DATABASE_URL";
/** How long the server may take to answer. */
const LIMIT_MS = 10_000;
const WATCH_LIMIT_MS = 5_000;

/** Options of every command that looks into a fax watch. */
export interface DatabaseOptions {
  readonly url?: string;
  readonly namespace: string;
  readonly table?: string;
  readonly schema?: string;
}

export function withDatabaseOptions(command: Command): Command {
  return command
    .option("--url <url>", `postgres://... (else: ${VARIABLE}, .env)`)
    .option("--namespace <name>", "the namespace of the watch", "mintfax")
    .option("--table <name>", "the table of the watch (default: mintfax_fax_watch)")
    .option("--schema <schema>", "the schema of that table");
}

/** A fax watch and its connection. */
export interface OpenFaxWatch {
  /** @throws {UsageError} where the database cannot be used; it holds nothing of the URL that is secret */
  use<T>(work: (watch: FaxWatch) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @throws {UsageError} where the options name no database */
export async function openFaxWatch({ url: given, ...place }: DatabaseOptions): Promise<OpenFaxWatch> {
  const url = urlFrom(given);
  const { default: pg } = await installed("pg", () => import("pg"));
  const asUsageError = (error: unknown): never => {
    throw new UsageError(connectionErrorText(error, url));
  };
  try {
    const pool = new pg.Pool({
      connectionString: url,
      connectionTimeoutMillis: LIMIT_MS,
      query_timeout: LIMIT_MS,
      max: 1,
    }).on("error", ignore);
    const watch = createFaxWatch({ pool, timeoutMs: WATCH_LIMIT_MS, ...place });
    return { use: (work) => work(watch).catch(asUsageError), close: () => pool.end() };
  } catch (error) {
    return asUsageError(error);
  }
}

function urlFrom(given: string | undefined): string {
  const found = given === undefined ? variable(VARIABLE) : { text: given, source: "--url" };
  if (found === undefined) {
    throw new UsageError(
      `No database. Set ${VARIABLE} to the postgres://... URL of the fax watch (in the environment, or in a .env file in this ` +
        "directory), or pass --url URL.",
    );
  }
  const url = found.text.trim();
  if (/^postgres(?:ql)?:\/\//i.test(url)) return url;
  throw new UsageError(`${found.source} is not a URL of the form postgres://...`);
}

/** A lost connection makes the call fail that needs it. */
function ignore(): void {}
