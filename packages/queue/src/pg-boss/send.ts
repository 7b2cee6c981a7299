import { QueueUnavailableError } from "../errors.ts";
import type { PgBossDatabase, PgBossLike } from "./client.ts";
import { failureOf } from "./failure.ts";

/** States of jobs that pg-boss will still give to a worker. One that is worked on may be about to end. */
const WAITING: readonly unknown[] = ["created", "retry"];

/**
 * Stores a message, unless a job of this id is there that waits to be worked on.
 *
 * @param db where it is stored; default: pg-boss's own connections
 * @throws {QueueUnavailableError}
 * @throws {QueueMisconfiguredError}
 */
export async function sendOnce(
  boss: PgBossLike,
  name: string,
  id: string,
  data: object,
  db?: PgBossDatabase,
): Promise<"queued" | "known"> {
  const own = db === undefined ? {} : { db };
  try {
    if (isSent(await boss.send(name, data, { id, ...own }))) return "queued";
    const job = await boss.getJobById(name, id, own);
    if (WAITING.includes(job?.state)) return "known";
    // The job has the id until pg-boss deletes it. Two messages of one event are worked on once.
    if (isSent(await boss.send(name, data, own))) return "queued";
  } catch (error) {
    throw failureOf(error, name);
  }
  throw notSaid(name);
}

/**
 * Stores a job in the place of what has its id.
 *
 * @throws {QueueUnavailableError}
 * @throws {QueueMisconfiguredError}
 */
export async function sendInstead(boss: PgBossLike, name: string, id: string, data: object): Promise<void> {
  try {
    if (isSent(await boss.send(name, data, { id }))) return;
    await boss.deleteJob(name, id, {});
    if (isSent(await boss.send(name, data, { id }))) return;
  } catch (error) {
    throw failureOf(error, name);
  }
  throw notSaid(name);
}

/** pg-boss answers with the id, or with null where it has stored nothing. */
function isSent(answer: unknown): boolean {
  return typeof answer === "string";
}

function notSaid(name: string): QueueUnavailableError {
  return new QueueUnavailableError(
    `pg-boss has not stored a message in the queue ${name} and did not say why. The queue may have been deleted.`,
  );
}
