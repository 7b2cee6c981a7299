import { setTimeout } from "node:timers/promises";
import { ConfigurationError, checkOptions, within } from "@mintfax-webhooks/core/store";
import { print } from "@mintfax-webhooks/core/worker";
import { MessageFailedError } from "../errors.ts";
import { reasonOf } from "../record.ts";
import type { Worker } from "../worker.ts";
import { checkBoss, type PgBossJob, type PgBossLike } from "./client.ts";
import { jobIdOf, parkedName } from "./names.ts";
import { attemptsFor } from "./schedule.ts";
import { sendInstead } from "./send.ts";

/** Options of {@link pgBossProcessor}. */
export interface PgBossProcessorOptions {
  /**
   * For how long a message that fails is tried before it is parked, in milliseconds, counted in attempts of pg-boss's delays.
   * Default 259,200,000 (3 days, a weekend); at most 31,536,000,000 (a year).
   */
  readonly retryForMs?: number;
}

const DAY_MS = 86_400_000;
/** Longer than a restart or a failover of PostgreSQL takes, as a rule. */
const COMPLETE_TRIES = 60;
const COMPLETE_WAIT_MS = 500;

/**
 * Works on what `pgBossQueue()` has stored. `batchSize` of `boss.work` says how many messages are worked on at once; each is
 * settled by itself.
 *
 * @param boss the same as that of `boss.work`: messages are parked through it
 * @throws {ConfigurationError} where `worker`, `boss` or an option cannot work
 *
 * @example
 * ```ts
 * await boss.work("mintfax", { includeMetadata: true, batchSize: 10 }, pgBossProcessor(worker, boss));
 * ```
 */
export function pgBossProcessor(
  worker: Pick<Worker, "process" | "deadlineMs">,
  boss: PgBossLike,
  options: PgBossProcessorOptions = {},
): (jobs: readonly PgBossJob[]) => Promise<void> {
  if (typeof worker?.process !== "function") {
    throw new ConfigurationError(
      "option_invalid",
      "pgBossProcessor(): expected what createWorker() returns.",
    );
  }
  checkBoss(boss, "pgBossProcessor()");
  checkOptions(options, ["retryForMs"], "pgBossProcessor()");
  const { retryForMs = 3 * DAY_MS } = options;
  const processor = new Processor(
    worker,
    boss,
    attemptsFor(within("retryForMs", retryForMs, 0, 365 * DAY_MS)),
  );
  return (jobs) => processor.process(jobs);
}

/** A job that pg-boss has to try again, and why. */
interface Failure {
  readonly reason: string;
}

class Processor {
  readonly #worker: Pick<Worker, "process" | "deadlineMs">;
  readonly #boss: PgBossLike;
  readonly #attempts: number;
  #isDeadlineChecked = false;

  constructor(worker: Pick<Worker, "process" | "deadlineMs">, boss: PgBossLike, attempts: number) {
    this.#worker = worker;
    this.#boss = boss;
    this.#attempts = attempts;
  }

  /** Resolves where pg-boss has to complete all of the jobs, and rejects where it has to try again those not completed yet. */
  async process(jobs: readonly PgBossJob[]): Promise<void> {
    const failures = await Promise.all(jobs.map((job) => this.#work(job)));
    const reasons = failures.flatMap((failure) => (failure === undefined ? [] : [failure.reason]));
    if (reasons.length === 0) return;
    const done = jobs.filter((_, index) => failures[index] === undefined);
    await this.#complete(jobs, done);
    throw new MessageFailedError([...new Set(reasons)].join(" "));
  }

  async #work(job: PgBossJob): Promise<Failure | undefined> {
    const { data, name, retryCount, signal } = job;
    if (typeof retryCount !== "number") {
      const reason = "boss.work() lacks the option includeMetadata: true, which pgBossProcessor() needs.";
      print(`the queue ${name} of pg-boss is not worked on: ${reason}`);
      return { reason };
    }
    this.#checkDeadline(job);
    const attempt = retryCount + 1;
    const record = await this.#worker.process({
      message: data,
      attempt,
      isLastAttempt: attempt >= this.#attempts,
      abandoned: attempt > this.#attempts ? CUT_OFF : undefined,
      signal,
      engine: "pg-boss",
      queue: name,
    });
    if (record.action === "finish") return undefined;
    const reason = reasonOf(record);
    if (record.action === "retry") return { reason };
    return this.#park(job, attempt, reason);
  }

  /** Once: pg-boss would give a job to another worker while its handler may still be at work. */
  #checkDeadline({ name, expireInSeconds }: PgBossJob): void {
    const { deadlineMs } = this.#worker;
    if (this.#isDeadlineChecked || typeof expireInSeconds !== "number") return;
    this.#isDeadlineChecked = true;
    if (expireInSeconds * 1_000 >= deadlineMs) return;
    print(
      `createWorker() has deadlineMs ${deadlineMs}, but a job of the queue ${name} expires after ${expireInSeconds} s: pg-boss then counts an attempt, and hands it out again. To change it: await createPgBossQueues(boss, { deadlineMs: ${deadlineMs} }).`,
    );
  }

  async #park({ id, name, data }: PgBossJob, attempts: number, reason: string): Promise<Failure | undefined> {
    try {
      const key = parkedKeyOf(data) ?? id;
      await sendInstead(this.#boss, parkedName(name), key, { message: data, attempts, reason });
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      print(`a message could not be parked, and is tried again: ${message}`);
      return { reason: `Not parked yet: ${reason}` };
    }
  }

  /**
   * Waits while PostgreSQL restarts: pg-boss tells it once that the other jobs have failed, and otherwise they would be active
   * until they expire. What is not completed is tried again, and the worker's claim says that it is done.
   */
  async #complete([first]: readonly PgBossJob[], done: readonly PgBossJob[]): Promise<void> {
    const name = first?.name ?? "";
    const ids = done.map(({ id }) => id);
    for (let tries = 0; tries < COMPLETE_TRIES; tries += 1) {
      try {
        await (ids.length > 0 ? this.#boss.complete(name, ids) : this.#boss.getQueue(name));
        return;
      } catch {
        await setTimeout(COMPLETE_WAIT_MS);
      }
    }
  }
}

const CUT_OFF =
  "The last attempt had no end: its worker was killed, or its handler outlasted the job's time in pg-boss, or it could not be parked. See the workers' logs.";

/** The same for every job of an event, so that it is parked once. */
function parkedKeyOf(message: unknown): string | undefined {
  const { namespace, id } = (message ?? {}) as { readonly namespace?: unknown; readonly id?: unknown };
  return typeof namespace === "string" && typeof id === "string" ? jobIdOf(namespace, id) : undefined;
}
