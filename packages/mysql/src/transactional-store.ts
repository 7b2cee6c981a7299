import type { Forgetting, Inspection, TransactionalStore } from "@mintfax-webhooks/core";
import {
  type DedupKey,
  StoreMisconfiguredError,
  TimeLimit,
  type TransactionClaim,
  TransactionRefusedError,
  type TransactionResult,
} from "@mintfax-webhooks/core/store";
import { claimFrom, forgettingFrom, write } from "./answers.ts";
import { checkOf } from "./check/check.ts";
import { explained } from "./errors.ts";
import { requireFresh } from "./fresh.ts";
import { HandlersConnection } from "./handlers-connection.ts";
import { inspect, isDone } from "./inspect.ts";
import { KeyLock } from "./key-lock.ts";
import { type MysqlOperations, operationsOf } from "./operations.ts";
import { type MysqlStoreOptions, type Settings, settingsFrom } from "./options.ts";
import { type MysqlConnection, type MysqlPool, type MysqlTransaction, withConnection } from "./pool.ts";
import { claim, complete, forget, OF_TRANSACTION, UPKEPT } from "./statements.ts";
import { type MysqlUpkeep, upkeepOf } from "./upkeep.ts";
import { writeAlone } from "./write-alone.ts";

/** A transactional store in MySQL. */
export interface MysqlTransactionalStore<Tx> extends TransactionalStore<Tx>, MysqlUpkeep, MysqlOperations {}

/**
 * A dedup store that runs handlers inside its own transaction (MySQL 8.0, MariaDB 10.6, or newer). What they write through
 * `context.tx` is committed together with the event's completion, or not at all. Each handler holds one connection while it
 * works; a duplicate that arrives meanwhile is answered at once.
 *
 * `tx` has `query` and `execute` of a connection of your `pool`. The transaction is at READ COMMITTED.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const store = createMysqlTransactionalStore({ pool });
 * await store.migrate();
 * const webhooks = mintfaxWebhooks({ store }).on("fax.delivered", async ({ data: { object: fax } }, { tx }) => {
 *   await tx.execute("UPDATE orders SET sent = true WHERE number = ?", [fax.tags.order]);
 * });
 * ```
 */
export function createMysqlTransactionalStore<Pool extends MysqlPool>(
  options: MysqlStoreOptions & { readonly pool: Pool },
): MysqlTransactionalStore<MysqlTransaction<Pool>> {
  const settings = settingsFrom(options, "createMysqlTransactionalStore");
  return Object.assign(
    new TransactionStore<Pool>(settings),
    checkOf(settings, true),
    operationsOf(settings),
    upkeepOf(settings, UPKEPT),
  );
}

class TransactionStore<Pool extends MysqlPool> implements TransactionalStore<MysqlTransaction<Pool>> {
  readonly kind = "transactional";
  readonly #settings: Settings<Pool>;

  constructor(settings: Settings<Pool>) {
    this.#settings = settings;
  }

  transact(
    key: DedupKey,
    work: (claim: TransactionClaim<MysqlTransaction<Pool>>) => Promise<"commit" | "rollback">,
  ): Promise<TransactionResult> {
    return this.#run((connection, limit) => {
      const handlers = new HandlersConnection<Pool>(connection);
      return this.#transact(connection, handlers, key, work, limit).finally(() => handlers.end());
    });
  }

  async #transact(
    connection: MysqlConnection,
    handlers: HandlersConnection<Pool>,
    key: DedupKey,
    work: (claim: TransactionClaim<MysqlTransaction<Pool>>) => Promise<"commit" | "rollback">,
    limit: TimeLimit,
  ): Promise<TransactionResult> {
    const { table, retentionMs } = this.#settings;
    const lock = await KeyLock.take(connection, table, key);
    if (lock === undefined) return (await isDone(connection, table, key)) ? "done" : "pending";
    const end = async (how: "COMMIT" | "ROLLBACK", result: TransactionResult): Promise<TransactionResult> => {
      // A session may be set to begin another transaction, or to end, after one (completion_type).
      await write(connection, `${how} AND NO CHAIN NO RELEASE`);
      await lock.give();
      return result;
    };

    try {
      await requireFresh(connection);
    } catch (error) {
      // The connection is closed, which the server may notice late.
      await lock.give().catch(() => {});
      throw error;
    }
    await write(connection, "START TRANSACTION");
    const owner = OF_TRANSACTION + crypto.randomUUID();
    // No lease: lock and transaction hold the claim. If the handler itself commits, the event is free at once.
    const claimed = claimFrom(await writeWithin(connection, claim(table, key, owner, 0)));
    if (claimed.state !== "claimed") return end("ROLLBACK", claimed.state);
    limit.signal.throwIfAborted();

    limit.stop();
    const ending = await work({ tx: handlers.tx, fence: claimed.fence, signal: limit.signal });
    handlers.end();
    limit.signal.throwIfAborted();
    limit.restart();
    if (ending === "rollback") return end("ROLLBACK", "rolled_back");
    await requireOpen(connection);
    const completed = await writeWithin(
      connection,
      complete(table, key, { owner, fence: claimed.fence }, retentionMs),
    );
    return completed === 0 ? end("ROLLBACK", "lost") : end("COMMIT", "committed");
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const { table, retentionMs } = this.#settings;
    return this.#run(async (connection) => {
      const lock = await KeyLock.take(connection, table, key);
      if (lock === undefined) return "pending";
      const { answer } = await writeAlone(connection, forget(table, key, retentionMs));
      await lock.give();
      return forgettingFrom(answer);
    });
  }

  async inspect(key: DedupKey): Promise<Inspection> {
    const { table } = this.#settings;
    return this.#run((connection) => inspect(connection, table, key));
  }

  async #run<T>(
    use: (connection: Awaited<ReturnType<Pool["getConnection"]>>, limit: TimeLimit) => Promise<T>,
  ): Promise<T> {
    const { pool, timeoutMs } = this.#settings;
    const limit = new TimeLimit(timeoutMs, "MySQL");
    try {
      return await limit.over(withConnection(pool, limit, (connection) => use(connection, limit)));
    } catch (error) {
      throw explained(error, this.#settings);
    }
  }
}

/** @throws {StoreMisconfiguredError} where the statement was not in the transaction that was begun on the connection */
async function writeWithin(connection: MysqlConnection, sql: string): Promise<number> {
  const { answer, isInTransaction } = await write(connection, sql);
  if (isInTransaction) return answer;
  throw new StoreMisconfiguredError(
    "A statement of the store's transaction was run outside of it: a pooler or a wrapper has sent it to another session. Give the " +
      "store a pool that is connected to the server itself, or set the pooler so that a session stays with its client.",
  );
}

/**
 * Asked before the completion, which would be committed on its own: the transaction is over where the handler has sent COMMIT
 * or a statement that commits (such as CREATE TABLE), or where MySQL has rolled it back to end a deadlock.
 */
async function requireOpen(connection: MysqlConnection): Promise<void> {
  const { isInTransaction: isOpen } = await write(connection, "SAVEPOINT mintfax_webhooks");
  if (isOpen) return;
  throw new TransactionRefusedError(
    "The handler's transaction was over before the handler was. Either the handler sent COMMIT, ROLLBACK, BEGIN or a statement that " +
      "commits by itself, such as CREATE TABLE; or MySQL rolled it back to end a deadlock, and the handler went on. Send no such " +
      "statement, and throw what the statements of tx reject with.",
  );
}
