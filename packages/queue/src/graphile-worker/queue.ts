import { within } from "@mintfax-webhooks/core/store";
import type { QueuedMessage } from "../message/message.ts";
import { type PostgresLike, type Query, queryIn } from "../postgres/query.ts";
import type { EnqueueContext, Enqueued, Queue } from "../queue.ts";
import { attemptsFor, RETRY_FOR_DEFAULT_MS, RETRY_FOR_MAX_MS } from "./attempts.ts";
import { ENGINE, type GraphileWorkerPlace, type Place, placeFrom, queryFrom, runAt } from "./place.ts";

/** Options of {@link graphileWorkerQueue}. */
export interface GraphileWorkerQueueOptions extends GraphileWorkerPlace {
  /**
   * For how long a message that fails is tried again, in milliseconds. Default 259,200,000 (3 days, which are 22 attempts);
   * at most 60 days. graphile-worker tries again after 3 s, 7 s, 20 s and so on, and in the end every 6.1 hours.
   */
  readonly retryForMs?: number;
}

/**
 * Stores messages as jobs of graphile-worker, from version 0.16 on. Where the receiver's store is transactional, a job is
 * added in the store's transaction: it is there if and only if the event is recorded.
 *
 * @param client a `Pool` of `pg`, or a connected `Client`, on the database of graphile-worker. With a transactional store that
 * has to be the store's database
 * @throws {ConfigurationError} for a client of another kind, or an option that cannot work
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ store }).on("*", handOff(graphileWorkerQueue(pool), { seal }));
 * ```
 */
export function graphileWorkerQueue(client: PostgresLike, options: GraphileWorkerQueueOptions = {}): Queue {
  const place = placeFrom(options, ["retryForMs"], "graphileWorkerQueue()");
  const query = queryFrom(client, "graphileWorkerQueue()");
  const { retryForMs = RETRY_FOR_DEFAULT_MS } = options;
  return new GraphileWorkerQueue(
    place,
    query,
    attemptsFor(within("retryForMs", retryForMs, 1, RETRY_FOR_MAX_MS)),
  );
}

/** A job of the same key that graphile-worker has, or the new one. */
interface Added {
  readonly id: string;
  readonly state: "new" | "waiting" | "locked" | "parked";
}

class GraphileWorkerQueue implements Queue {
  readonly engine = ENGINE;
  readonly name: string;
  readonly #place: Place;
  readonly #query: Query;
  readonly #maxAttempts: string;

  constructor(place: Place, query: Query, maxAttempts: number) {
    this.name = place.task;
    this.#place = place;
    this.#query = query;
    this.#maxAttempts = String(maxAttempts);
  }

  async enqueue(message: QueuedMessage, { tx }: EnqueueContext): Promise<Enqueued> {
    const query = tx === undefined ? this.#query : queryIn(tx);
    const { id, state } = await this.#add(query, message, "unsafe_dedupe");
    if (state === "waiting") return "known";
    // The job may be finished already, and a replay must not end with it.
    if (state === "locked") await this.#add(query, message, undefined);
    if (state === "parked") {
      await this.#add(query, message, "replace");
      await this.#run(
        query,
        `SELECT id::text AS id FROM ${this.#place.schema}.complete_jobs(ARRAY[$1::text::bigint])`,
        [id],
      );
    }
    return "queued";
  }

  /** @param mode `job_key_mode` of graphile-worker; undefined adds a job without a key */
  async #add(
    query: Query,
    message: QueuedMessage,
    mode: "unsafe_dedupe" | "replace" | undefined,
  ): Promise<Added> {
    const key = mode === undefined ? "" : `, job_key => $4::text, job_key_mode => '${mode}'`;
    const text =
      "SELECT id::text AS id, CASE WHEN revision = 0 THEN 'new' WHEN locked_at IS NOT NULL THEN 'locked' " +
      "WHEN attempts < max_attempts THEN 'waiting' ELSE 'parked' END AS state " +
      `FROM ${this.#place.schema}.add_job($1::text, $2::text::json, max_attempts => $3::text::int${key})`;
    const values = [this.#place.task, JSON.stringify(message), this.#maxAttempts];
    const rows = await this.#run(
      query,
      text,
      mode === undefined ? values : [...values, this.#keyOf(message)],
    );
    return rows[0] as unknown as Added;
  }

  #run(query: Query, text: string, values: readonly string[]): ReturnType<typeof runAt> {
    return runAt(this.#place, query, text, values);
  }

  /** Keys are of the whole database. Neither a namespace nor a `webhook-id` can have a control character. */
  #keyOf({ namespace, id }: QueuedMessage): string {
    return [this.#place.task, namespace, id].join("\n");
  }
}
