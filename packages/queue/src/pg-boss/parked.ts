import { ConfigurationError, checkOptions } from "@mintfax-webhooks/core/store";
import { limitFrom, type Parked, type ParkedMessage } from "../parked.ts";
import { checkBoss, type PgBossLike } from "./client.ts";
import { failureOf } from "./failure.ts";
import { nameFrom, parkedName } from "./names.ts";
import { sendOnce } from "./send.ts";

/** Options of {@link pgBossParked}. */
export interface PgBossParkedOptions {
  /** Of the queue. Default `"mintfax"`. */
  readonly name?: string;
  /** The option `schema` of `PgBoss`. Default `"pgboss"`. */
  readonly schema?: string;
}

/**
 * What the queue `mintfax-parked` of pg-boss holds.
 *
 * @param boss with a listener for errors, and started
 * @throws {ConfigurationError} where `boss` or an option cannot work
 *
 * @example
 * ```ts
 * for (const { key, reason } of await pgBossParked(boss).list()) console.log(key, reason);
 * ```
 */
export function pgBossParked(boss: PgBossLike, options: PgBossParkedOptions = {}): Parked {
  checkBoss(boss, "pgBossParked()");
  checkOptions(options, ["name", "schema"], "pgBossParked()");
  const { schema = "pgboss" } = options;
  // As pg-boss takes it: bare, or quoted.
  if (!/^(?:\w{1,63}|"[^"\0]{1,63}")$/.test(schema)) {
    throw new ConfigurationError("option_invalid", "schema: expected the option `schema` of PgBoss.");
  }
  return new PgBossParked(boss, nameFrom(options.name), schema);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

class PgBossParked implements Parked {
  readonly #boss: PgBossLike;
  readonly #name: string;
  readonly #schema: string;

  constructor(boss: PgBossLike, name: string, schema: string) {
    this.#boss = boss;
    this.#name = name;
    this.#schema = schema;
  }

  async list(limit?: number): Promise<ParkedMessage[]> {
    return this.#read("TRUE", [limitFrom(limit)]);
  }

  async get(key: string): Promise<ParkedMessage | undefined> {
    if (!UUID.test(key)) return undefined;
    const [found] = await this.#read("id = $3::uuid", [1, key]);
    return found;
  }

  async retry(key: string): Promise<boolean> {
    const parked = await this.get(key);
    if (parked === undefined) return false;
    await sendOnce(this.#boss, this.#name, key, parked.message as object);
    // Afterwards: a message that is there twice is worked on once.
    await this.drop(key);
    return true;
  }

  async drop(key: string): Promise<boolean> {
    if (!UUID.test(key)) return false;
    const name = parkedName(this.#name);
    try {
      const { affected } = (await this.#boss.deleteJob(name, key, {})) as { readonly affected?: unknown };
      return Number(affected) > 0;
    } catch (error) {
      throw failureOf(error, name);
    }
  }

  /** By SQL: pg-boss 11 has no method that lists jobs. */
  async #read(condition: string, values: readonly unknown[]): Promise<ParkedMessage[]> {
    const name = parkedName(this.#name);
    try {
      const { rows } = await this.#boss.getDb().executeSql(
        `SELECT id::text, data, created_on FROM ${this.#schema}.job
         WHERE name = $1 AND state < 'completed' AND ${condition} ORDER BY created_on, id LIMIT $2`,
        [name, ...values],
      );
      return rows.map(parkedFrom);
    } catch (error) {
      throw failureOf(error, name);
    }
  }
}

interface ParkedRow {
  readonly id: string;
  readonly data: {
    readonly message?: unknown;
    readonly attempts?: unknown;
    readonly reason?: unknown;
  } | null;
  readonly created_on: Date;
}

function parkedFrom({ id, data, created_on }: ParkedRow): ParkedMessage {
  const { message, attempts, reason } = data ?? {};
  return {
    key: id,
    message,
    parkedAt: created_on,
    attempts: Number(attempts),
    reason: typeof reason === "string" ? reason : undefined,
  };
}
