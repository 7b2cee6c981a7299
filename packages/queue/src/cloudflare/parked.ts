import { ConfigurationError, checkOptions } from "@mintfax-webhooks/core/store";
import { QueueMisconfiguredError, QueueUnavailableError } from "../errors.ts";
import { limitFrom, type Parked, type ParkedMessage } from "../parked.ts";
import type { CloudflareQueueBinding, LargeBodiesBinding, ParkedDatabaseBinding } from "./bindings.ts";
import { inTime } from "./in-time.ts";
import { ADD, DROP, GET, LIST, SCHEMA_STATEMENTS, TABLE } from "./parked-statements.ts";
import { checkLargeBodies, checkQueueBinding } from "./queue.ts";
import { saidBy } from "./said-by.ts";
import { type Destination, send } from "./send.ts";

/** Options of {@link cloudflareParked}. */
export interface CloudflareParkedOptions {
  /** As of {@link cloudflareQueue}: `retry` puts a body there that is too large for the queue. */
  readonly largeBodies?: LargeBodiesBinding;
}

/** What is parked, in a table of D1, with the maintenance of the table. */
export interface CloudflareParked extends Parked {
  /** Creates the table where it is missing. For your own migrations, take `CLOUDFLARE_PARKED_SCHEMA` or the file `d1.sql`. */
  migrate(): Promise<void>;
}

/**
 * The messages that {@link cloudflareConsumer} has parked: rows of the table `mintfax_parked`, since Cloudflare itself
 * deletes a message that was not acknowledged. Rows stay until a person decides.
 *
 * @param queue a producer of the queue: `retry` sends the message to it, then deletes the row
 * @throws {ConfigurationError} `option_invalid` for a binding that is missing or of another kind
 *
 * @example
 * ```ts
 * const parked = cloudflareParked(env.DB, env.FAX_QUEUE);
 * for (const { key, reason } of await parked.list()) console.log(key, reason);
 * ```
 */
export function cloudflareParked(
  database: ParkedDatabaseBinding,
  queue: CloudflareQueueBinding,
  options: CloudflareParkedOptions = {},
): CloudflareParked {
  checkOptions(options, ["largeBodies"], "cloudflareParked()");
  checkDatabase(database, "cloudflareParked()");
  checkQueueBinding(queue, "cloudflareParked()");
  checkLargeBodies(options.largeBodies, "cloudflareParked()");
  return new ParkedTable(database, { queue, largeBodies: options.largeBodies });
}

/** @throws {ConfigurationError} for anything but a D1 database */
export function checkDatabase(database: ParkedDatabaseBinding, of: string): void {
  if (typeof Object(database).prepare === "function") return;
  throw new ConfigurationError(
    "option_invalid",
    `${of}: the database is ${database === undefined ? "undefined" : "not a D1 database"}; expected a binding. ` +
      "Is it in d1_databases of wrangler.jsonc, for this environment too?",
  );
}

export class ParkedTable implements CloudflareParked {
  readonly #database: ParkedDatabaseBinding;
  readonly #destination: Destination;

  constructor(database: ParkedDatabaseBinding, destination: Destination) {
    this.#database = database;
    this.#destination = destination;
  }

  async list(limit?: number): Promise<ParkedMessage[]> {
    return (await this.#rows(LIST, limitFrom(limit))).map(parkedFrom);
  }

  async get(key: string): Promise<ParkedMessage | undefined> {
    const [row] = await this.#rows(GET, key);
    return row === undefined ? undefined : parkedFrom(row);
  }

  async retry(key: string): Promise<boolean> {
    const parked = await this.get(key);
    if (parked === undefined) return false;
    // Without `retried`, its attempts count from the first again.
    await send({ ...Object(parked.message), retried: undefined }, this.#destination);
    // Not before it is in the queue. If it is parked again meanwhile, that is under another key.
    await this.drop(key);
    return true;
  }

  async drop(key: string): Promise<boolean> {
    return (await this.#rows(DROP, key)).length > 0;
  }

  async migrate(): Promise<void> {
    await asked(() =>
      this.#database.batch(SCHEMA_STATEMENTS.map((statement) => this.#database.prepare(statement))),
    );
  }

  /** @throws {QueueMisconfiguredError} where the table is missing */
  async checkTable(): Promise<void> {
    await this.#rows(TABLE);
  }

  /** Resolves once the database has the message. */
  async add(key: string, message: unknown, attempts: number, reason: string): Promise<void> {
    const [row] = await this.#rows(ADD, key, textOf(message), attempts, reason);
    if (Object(row).key !== key) throw unknownAnswer();
  }

  async #rows(statement: string, ...values: unknown[]): Promise<readonly unknown[]> {
    const answer = await asked(() => {
      const prepared = this.#database.prepare(statement);
      return (values.length === 0 ? prepared : prepared.bind(...values)).all();
    });
    const { results } = Object(answer) as { readonly results?: unknown };
    if (!Array.isArray(results)) throw unknownAnswer();
    return results;
  }
}

function parkedFrom(row: unknown): ParkedMessage {
  const { key, message, attempts, reason, parked_ms } = Object(row) as Record<string, unknown>;
  if (typeof key !== "string" || typeof message !== "string") throw unknownAnswer();
  return {
    key,
    message: JSON.parse(message),
    parkedAt: new Date(Number(parked_ms)),
    attempts: Number(attempts),
    reason: String(reason),
  };
}

/** Foreign messages may be of a kind that JSON does not have. */
function textOf(message: unknown): string {
  try {
    return JSON.stringify(message) ?? "null";
  } catch {
    return "null";
  }
}

async function asked<T>(ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await inTime(ask);
  } catch (error) {
    const said = saidBy(error);
    if (/no such (table|column)|has no column named/.test(said)) {
      throw new QueueMisconfiguredError(
        "The D1 database has no table mintfax_parked, or one with other columns. Run npx wrangler d1 execute <database> --remote " +
          "--file node_modules/@mintfax-webhooks/queue/d1.sql (--local for wrangler dev), or call migrate() of cloudflareParked(). " +
          `Cloudflare says: ${said}`,
      );
    }
    throw new QueueUnavailableError(`The D1 database failed: ${said}`);
  }
}

function unknownAnswer(): QueueUnavailableError {
  return new QueueUnavailableError(
    "The D1 database has answered with a value that the statement never returns.",
  );
}
