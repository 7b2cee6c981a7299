import { checkOptions } from "@mintfax-webhooks/core/store";
import type { QueuedMessage } from "../message/message.ts";
import { type Query, queryIn } from "../postgres/query.ts";
import type { EnqueueContext, Enqueued, Queue } from "../queue.ts";
import { checkBoss, type PgBossDatabase, type PgBossLike } from "./client.ts";
import { jobIdOf, nameFrom } from "./names.ts";
import { requireQueue } from "./queues.ts";
import { sendOnce } from "./send.ts";

/** Options of {@link pgBossQueue}. */
export interface PgBossQueueOptions {
  /** Of the queue. Default `"mintfax"`. */
  readonly name?: string;
}

/**
 * A queue of pg-boss (version 11 or 12) for `handOff()`. Where the receiver has `createPostgresTransactionalStore()`, the
 * message is stored in its transaction: the claim, the message and "this event is done" are one commit. The store's database
 * then has to be pg-boss's.
 *
 * `createPgBossQueues(boss)` makes the queue.
 *
 * @param boss with a listener for errors; started before deliveries arrive
 * @throws {ConfigurationError} where `boss` or an option cannot work
 *
 * @example
 * ```ts
 * app.use(mintfaxWebhooks({ store }).on("*", handOff(pgBossQueue(boss), { seal })));
 * ```
 */
export function pgBossQueue(boss: PgBossLike, options: PgBossQueueOptions = {}): Queue {
  checkBoss(boss, "pgBossQueue()");
  checkOptions(options, ["name"], "pgBossQueue()");
  return new PgBossQueue(boss, nameFrom(options.name));
}

class PgBossQueue implements Queue {
  readonly engine = "pg-boss";
  readonly name: string;
  readonly #boss: PgBossLike;
  /** Resolves once the queue is known to be there. */
  #ready: Promise<void> | undefined;

  constructor(boss: PgBossLike, name: string) {
    this.#boss = boss;
    this.name = name;
    // Now, not in a transaction: where pg-boss shares the store's pool, all connections may be in one.
    this.#require().catch(() => {});
  }

  async enqueue(message: QueuedMessage, { tx, signal }: EnqueueContext): Promise<Enqueued> {
    const db = tx === undefined ? undefined : databaseOf(queryIn(tx));
    await this.#require();
    signal.throwIfAborted();
    const id = jobIdOf(message.namespace, message.id);
    try {
      return await sendOnce(this.#boss, this.name, id, message, db);
    } catch (error) {
      // It may have been deleted.
      this.#ready = undefined;
      throw error;
    }
  }

  #require(): Promise<void> {
    this.#ready ??= requireQueue(this.#boss, this.name).catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }
}

function databaseOf(query: Query): PgBossDatabase {
  return { executeSql: async (text, values = []) => ({ rows: [...(await query(text, values))] }) };
}
