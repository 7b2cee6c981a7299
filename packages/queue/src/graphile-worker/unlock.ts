import type { PostgresLike } from "../postgres/query.ts";
import { AFTER_CUT_OFF } from "./attempts.ts";
import { type GraphileWorkerPlace, placeFrom, queryFrom, runAt } from "./place.ts";

/**
 * Unlocks the jobs of workers that were killed, so that others work on them: the jobs whose lock no `graphileWorkerTask`
 * has renewed for 90 s. graphile-worker itself does so after 4 hours. The next attempt comes as late as after a failed one:
 * 3 s after the first, and 6.1 hours after the tenth. An event that ends every process it is worked on in is never parked. A
 * worker that was only paused may still be at work: its claim in the dedup store keeps the handler from running twice.
 *
 * Call it every 30 s in each worker process; they share the work.
 *
 * @param client a `Pool` of `pg`, or a connected `Client`
 * @param options as given to `graphileWorkerQueue`
 * @returns how many jobs were unlocked
 * @throws {ConfigurationError} for a client of another kind, or an option that cannot work
 * @throws {QueueMisconfiguredError} where graphile-worker's tables are missing
 * @throws {QueueUnavailableError} where PostgreSQL is unreachable or refuses
 *
 * @example
 * ```ts
 * setInterval(() => graphileWorkerUnlock(pool).catch(console.error), 30_000).unref();
 * ```
 */
export async function graphileWorkerUnlock(
  client: PostgresLike,
  options: GraphileWorkerPlace = {},
): Promise<number> {
  const place = placeFrom(options, [], "graphileWorkerUnlock()");
  const query = queryFrom(client, "graphileWorkerUnlock()");
  const { schema, task } = place;
  const text =
    `WITH gone AS (SELECT jobs.id FROM ${schema}._private_jobs AS jobs ` +
    `JOIN ${schema}._private_tasks AS tasks ON tasks.id = jobs.task_id ` +
    "WHERE tasks.identifier = $1::text AND jobs.locked_at < now() - interval '90 seconds' FOR UPDATE OF jobs SKIP LOCKED) " +
    `UPDATE ${schema}._private_jobs AS jobs SET locked_at = NULL, locked_by = NULL, ${AFTER_CUT_OFF} ` +
    "FROM gone WHERE jobs.id = gone.id RETURNING jobs.id::text AS id";
  return (await runAt(place, query, text, [task])).length;
}
