import { ConfigurationError, checkOptions } from "@mintfax-webhooks/core/store";
import { queueFailure, type Remedies } from "../postgres/failure.ts";
import { type PostgresLike, type Query, queryOn, type Row } from "../postgres/query.ts";

export const ENGINE = "graphile-worker";

/** Where graphile-worker keeps the messages. */
export interface GraphileWorkerPlace {
  /** The schema of graphile-worker, as its own option `schema`. Default `graphile_worker`. */
  readonly schema?: string;
  /** The task's name, as in `taskList`: 1 to 100 characters. Default `mintfax`. */
  readonly task?: string;
}

export interface Place {
  /** Quoted for SQL. */
  readonly schema: string;
  readonly task: string;
}

/** A job's key has at most 512 characters, and 362 of them can be the namespace's and the id's. */
const TASK_MAX_LENGTH = 100;
/** PostgreSQL cuts longer names off. */
const SCHEMA_MAX_BYTES = 63;

/** @throws {ConfigurationError} for an option that cannot work */
export function placeFrom(options: GraphileWorkerPlace, others: readonly string[], of: string): Place {
  checkOptions(options, [...others, "schema", "task"], of);
  const { schema = "graphile_worker", task = "mintfax" } = options;
  const isSchema =
    typeof schema === "string" &&
    schema !== "" &&
    !schema.includes("\0") &&
    new TextEncoder().encode(schema).byteLength <= SCHEMA_MAX_BYTES;
  if (!isSchema) throw invalid(of, `schema has to be a text of 1 to ${SCHEMA_MAX_BYTES} bytes`);
  if (typeof task !== "string" || task === "" || task.length > TASK_MAX_LENGTH || task.includes("\0")) {
    throw invalid(of, `task has to be a text of 1 to ${TASK_MAX_LENGTH} characters`);
  }
  return { schema: `"${schema.replaceAll('"', '""')}"`, task };
}

/** @throws {ConfigurationError} for a client of another kind */
export function queryFrom(client: PostgresLike, of: string): Query {
  if (typeof client?.query === "function") return queryOn(client);
  throw invalid(of, `the client is ${kindOf(client)}; expected a Pool of pg, or a connected Client`);
}

export function invalid(of: string, fault: string): ConfigurationError {
  return new ConfigurationError("option_invalid", `${of}: ${fault}.`);
}

/** Never the value, since a connection string has a password. */
function kindOf(client: unknown): string {
  if (typeof client === "string") return "a text. Is it a connection string?";
  const isWorkerUtils =
    typeof (client as { readonly addJob?: unknown } | null | undefined)?.addJob === "function";
  if (isWorkerUtils) return "graphile-worker's WorkerUtils, whose jobs cannot join a transaction";
  return client === null ? "null" : `of type ${typeof client}`;
}

/** Runs a statement at graphile-worker's place. */
export async function runAt(
  { schema }: Place,
  query: Query,
  text: string,
  values: readonly string[],
): Promise<readonly Row[]> {
  try {
    return await query(text, values);
  } catch (error) {
    throw queueFailure(error, ENGINE, remediesFor(schema));
  }
}

function remediesFor(schema: string): Remedies {
  const missing =
    `graphile-worker is not set up in the schema ${schema} of this database, or is older than 0.16. Run ` +
    "`npx graphile-worker --schema-only --connection <connection string>` with the version of your workers, or start a worker " +
    "once. Compare the option `schema` and the database of the pool with those of your workers.";
  return {
    "3F000": missing,
    "42P01": missing,
    "42883": missing,
    "42501":
      `The pool's role lacks rights in the schema ${schema}. graphile-worker's tables have row-level security, so use the role ` +
      "that owns them: the one that has run graphile-worker's migrations.",
  };
}
