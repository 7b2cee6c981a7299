import { limitFrom, type Parked, type ParkedMessage } from "../parked.ts";
import type { PostgresLike, Query, Row } from "../postgres/query.ts";
import { attemptsFor, RETRY_FOR_DEFAULT_MS } from "./attempts.ts";
import { type GraphileWorkerPlace, type Place, placeFrom, queryFrom, runAt } from "./place.ts";

/**
 * What is parked in graphile-worker: jobs of the task without an attempt left. They stay in the table until they are retried
 * or dropped, unless you call graphile-worker's own `cleanup` with `DELETE_PERMAFAILED_JOBS`.
 *
 * @param client a `Pool` of `pg`, or a connected `Client`
 * @param options as given to `graphileWorkerQueue`
 * @throws {ConfigurationError} for a client of another kind, or an option that cannot work
 *
 * @example
 * ```ts
 * for (const { key, reason } of await graphileWorkerParked(pool).list()) console.log(key, reason);
 * ```
 */
export function graphileWorkerParked(client: PostgresLike, options: GraphileWorkerPlace = {}): Parked {
  const place = placeFrom(options, [], "graphileWorkerParked()");
  return new GraphileWorkerParked(place, queryFrom(client, "graphileWorkerParked()"));
}

class GraphileWorkerParked implements Parked {
  readonly #place: Place;
  readonly #query: Query;

  constructor(place: Place, query: Query) {
    this.#place = place;
    this.#query = query;
  }

  async list(limit?: number): Promise<ParkedMessage[]> {
    const rows = await this.#run(`${this.#select()} ORDER BY jobs.updated_at, jobs.id LIMIT $2::text::int`, [
      String(limitFrom(limit)),
    ]);
    return rows.map(messageOf);
  }

  async get(key: string): Promise<ParkedMessage | undefined> {
    const [row] = await this.#runOn(key, this.#select("AND jobs.id = $2::text::bigint"));
    return row === undefined ? undefined : messageOf(row);
  }

  async retry(key: string): Promise<boolean> {
    const maxAttempts = `greatest(jobs.max_attempts, ${attemptsFor(RETRY_FOR_DEFAULT_MS)})`;
    return this.#call(
      key,
      `reschedule_jobs(ARRAY[jobs.id], run_at => now(), attempts => 0, max_attempts => ${maxAttempts})`,
    );
  }

  async drop(key: string): Promise<boolean> {
    return this.#call(key, "complete_jobs(ARRAY[jobs.id])");
  }

  /** Calls a function of graphile-worker for a parked job. It returns the jobs that it has changed. */
  async #call(key: string, call: string): Promise<boolean> {
    const parked = this.#select("AND jobs.id = $2::text::bigint", "jobs.id, jobs.max_attempts");
    const text = `SELECT changed.id::text AS id FROM (${parked}) AS jobs CROSS JOIN LATERAL ${this.#place.schema}.${call} AS changed`;
    return (await this.#runOn(key, text)).length > 0;
  }

  #select(condition: string = "", columns: string = COLUMNS): string {
    const { schema } = this.#place;
    return (
      `SELECT ${columns} FROM ${schema}._private_jobs AS jobs JOIN ${schema}._private_tasks AS tasks ON tasks.id = jobs.task_id ` +
      `WHERE tasks.identifier = $1::text AND jobs.attempts >= jobs.max_attempts AND jobs.locked_at IS NULL ${condition}`
    );
  }

  async #runOn(key: string, text: string): Promise<readonly Row[]> {
    return KEY.test(key) ? this.#run(text, [key]) : [];
  }

  #run(text: string, values: readonly string[]): Promise<readonly Row[]> {
    return runAt(this.#place, this.#query, text, [this.#place.task, ...values]);
  }
}

/** A `bigint`, which has up to 19 digits. */
const KEY = /^\d{1,18}$/;

/** As text, since a pool may have parsers of its own. */
const COLUMNS =
  "jobs.id::text AS key, jobs.payload::text AS message, jobs.attempts::text AS attempts, jobs.last_error AS reason, " +
  "floor(extract(epoch FROM jobs.updated_at) * 1000)::text AS parked";

function messageOf({ key, message, attempts, reason, parked }: Row): ParkedMessage {
  return {
    key: String(key),
    message: JSON.parse(String(message)),
    parkedAt: new Date(Number(parked)),
    attempts: Number(attempts),
    reason: typeof reason === "string" ? reason : undefined,
  };
}
