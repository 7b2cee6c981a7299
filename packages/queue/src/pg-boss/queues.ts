import { checkOptions, within } from "@mintfax-webhooks/core/store";
import { DEADLINE_DEFAULT_MS } from "../deadline.ts";
import { QueueMisconfiguredError } from "../errors.ts";
import { checkBoss, type PgBossLike } from "./client.ts";
import { failureOf } from "./failure.ts";
import { nameFrom, parkedName } from "./names.ts";
import { RETRY_DELAY_MAX_SECONDS, RETRY_DELAY_SECONDS } from "./schedule.ts";

/** Options of {@link createPgBossQueues}. */
export interface PgBossQueuesOptions {
  /** Of the queue. Default `"mintfax"`. Messages are parked in a queue of that name with `-parked` added. */
  readonly name?: string;
  /**
   * The `deadlineMs` of `createWorker()`, in milliseconds. A minute later, pg-boss gives the job of a killed worker to
   * another one. Default 900,000 (15 minutes); at most 23 hours.
   */
  readonly deadlineMs?: number;
}

/** What a handler past its deadline leaves to do: its claim is settled, which takes seconds. */
const SETTLING_SECONDS = 60;
const DAY_SECONDS = 86_400;
const TEN_YEARS_SECONDS = 3_650 * DAY_SECONDS;

/** Of the column. pg-boss counts a killed worker as an attempt, so the processor counts, and parks what has failed too often. */
const UNLIMITED = 2_147_483_647;

/**
 * Makes pg-boss's queues for hand-off, or gives them the options that keep its promise. Call it where you call
 * `store.migrate()`: at each start, or in your deployment.
 *
 * @param boss started
 * @throws {ConfigurationError} where `boss` or an option cannot work
 * @throws {QueueMisconfiguredError} where pg-boss is not started, its tables are missing, or a queue has another policy
 * @throws {QueueUnavailableError} where PostgreSQL cannot be reached
 *
 * @example
 * ```ts
 * await boss.start();
 * await createPgBossQueues(boss);
 * ```
 */
export async function createPgBossQueues(boss: PgBossLike, options: PgBossQueuesOptions = {}): Promise<void> {
  checkBoss(boss, "createPgBossQueues()");
  checkOptions(options, ["name", "deadlineMs"], "createPgBossQueues()");
  const name = nameFrom(options.name);
  const { deadlineMs = DEADLINE_DEFAULT_MS } = options;
  const expireInSeconds =
    Math.ceil(within("deadlineMs", deadlineMs, 1, 23 * 3_600_000) / 1_000) + SETTLING_SECONDS;
  await create(boss, parkedName(name), { retentionSeconds: TEN_YEARS_SECONDS });
  await create(boss, name, {
    expireInSeconds,
    retryLimit: UNLIMITED,
    retryDelay: RETRY_DELAY_SECONDS,
    retryBackoff: true,
    retryDelayMax: RETRY_DELAY_MAX_SECONDS,
    // pg-boss deletes what waits for longer.
    retentionSeconds: TEN_YEARS_SECONDS,
    // Finished jobs hold the body, and our claim remembers the event.
    deleteAfterSeconds: DAY_SECONDS,
  });
  await requireQueue(boss, name);
}

async function create(boss: PgBossLike, name: string, options: object): Promise<void> {
  try {
    await boss.createQueue(name, { ...options });
    await boss.updateQueue(name, { ...options });
  } catch (error) {
    throw failureOf(error, name);
  }
}

/**
 * @throws {QueueMisconfiguredError} unless {@link createPgBossQueues} has made the queue: pg-boss's own defaults give up after
 *   three attempts and delete the job
 * @throws {QueueUnavailableError} where PostgreSQL cannot be reached
 */
export async function requireQueue(boss: PgBossLike, name: string): Promise<void> {
  const remedy =
    "Run `await createPgBossQueues(boss)` of @mintfax-webhooks/queue/pg-boss, with the same `name`";
  let queue: Awaited<ReturnType<PgBossLike["getQueue"]>>;
  try {
    queue = await boss.getQueue(name);
  } catch (error) {
    throw failureOf(error, name);
  }
  if (queue === null || queue === undefined) {
    throw new QueueMisconfiguredError(`pg-boss has no queue ${name}. ${remedy}.`);
  }
  if (queue.policy !== "standard") {
    throw new QueueMisconfiguredError(
      `The queue ${name} of pg-boss has the policy ${queue.policy}, which refuses messages; expected standard. Give another name, or delete the queue and run createPgBossQueues().`,
    );
  }
  if (Number(queue.retryLimit) !== UNLIMITED) {
    throw new QueueMisconfiguredError(
      `The queue ${name} of pg-boss has retryLimit ${queue.retryLimit}, so pg-boss would give up on messages and delete them. ${remedy}: it sets the options that keep them.`,
    );
  }
}
