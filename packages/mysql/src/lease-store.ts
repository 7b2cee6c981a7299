import type { Forgetting, Inspection, LeaseStore } from "@mintfax-webhooks/core";
import {
  type Claim,
  type DedupKey,
  type Holder,
  type Settlement,
  TimeLimit,
} from "@mintfax-webhooks/core/store";
import { claimFrom, forgettingFrom, releasedFrom } from "./answers.ts";
import { checkOf } from "./check/check.ts";
import { explained, isDeadlock } from "./errors.ts";
import { inspect, isInTransaction } from "./inspect.ts";
import { type MysqlOperations, operationsOf } from "./operations.ts";
import { type MysqlStoreOptions, type Settings, settingsFrom } from "./options.ts";
import { type MysqlConnection, withConnection } from "./pool.ts";
import { claim, complete, forget, release, renew, UPKEPT } from "./statements.ts";
import { type MysqlUpkeep, upkeepOf } from "./upkeep.ts";
import { writeAlone } from "./write-alone.ts";

/** A lease store in MySQL. */
export interface MysqlStore extends LeaseStore, MysqlUpkeep, MysqlOperations {}

/** Of one statement that MySQL chose as the victim of a deadlock. */
const TRIES = 3;

/**
 * A dedup store in a table of MySQL (8.0 or newer) or MariaDB (10.6 or newer), for any number of processes. It sends two
 * statements for an event and one for a duplicate, and holds no connection while the handler works.
 *
 * Where your handlers write into the same database, {@link createMysqlTransactionalStore} promises more.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const store = createMysqlStore({ pool: createPool("mysql://…") });
 * await store.migrate();
 * const webhooks = mintfaxWebhooks({ store });
 * ```
 */
export function createMysqlStore(options: MysqlStoreOptions): MysqlStore {
  const settings = settingsFrom(options, "createMysqlStore");
  return Object.assign(
    new MysqlLeaseStore(settings),
    checkOf(settings, false),
    operationsOf(settings),
    upkeepOf(settings, UPKEPT),
  );
}

class MysqlLeaseStore implements LeaseStore {
  readonly kind = "lease";
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return claimFrom(await this.#write(claim(this.#settings.table, key, owner, leaseMs)));
  }

  async renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return settlementFrom(await this.#write(renew(this.#settings.table, key, holder, leaseMs)));
  }

  async complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    const { table, retentionMs } = this.#settings;
    return settlementFrom(await this.#write(complete(table, key, holder, retentionMs)));
  }

  async release(key: DedupKey, holder: Holder): Promise<Settlement> {
    const { table, retentionMs } = this.#settings;
    return releasedFrom(await this.#write(release(table, key, holder, retentionMs)));
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const { table, retentionMs } = this.#settings;
    // Of a transactional store with the same table, whose row would have to be waited for.
    if (await this.#run((connection) => isInTransaction(connection, table, key))) return "pending";
    return forgettingFrom(await this.#write(forget(table, key, retentionMs)));
  }

  async inspect(key: DedupKey): Promise<Inspection> {
    return this.#run((connection) => inspect(connection, this.#settings.table, key));
  }

  #write(sql: string): Promise<number> {
    return this.#run(async (connection) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await writeAlone(connection, sql);
        } catch (error) {
          if (!isDeadlock(error) || tries === TRIES) throw error;
        }
      }
    });
  }

  async #run<T>(use: (connection: MysqlConnection) => Promise<T>): Promise<T> {
    const { pool, timeoutMs } = this.#settings;
    const limit = new TimeLimit(timeoutMs, "MySQL");
    try {
      return await limit.over(withConnection(pool, limit, use));
    } catch (error) {
      throw explained(error, this.#settings);
    }
  }
}

function settlementFrom(answer: number): Settlement {
  return answer === 0 ? "lost" : "ok";
}
