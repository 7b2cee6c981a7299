import type { Enqueued, QueuedMessage, WorkerRecord } from "@mintfax-webhooks/queue";
import type { Job } from "./job.ts";
import type { HandOffWorld } from "./world.ts";

const LATENCIES_MS = [0, 0, 5, 300, 2_000];
const FIRST_BACKOFF_MS = 10_000;
const BACKOFF_MAX_MS = 120_000;
const NO_WORKER_MS = 5_000;

/** An engine: it keeps what it has acknowledged, hands a job out at least once, and forgets a finished job's id. */
export class SimulatedEngine {
  readonly #world: HandOffWorld;

  constructor(world: HandOffWorld) {
    this.#world = world;
  }

  /** What a message would be answered now. */
  answerTo({ id }: QueuedMessage): Enqueued {
    const { scenario, plant, jobs } = this.#world;
    if (plant === "known-when-finished" && jobs.some(({ message }) => message.id === id)) return "known";
    return scenario.engine.knowsIds && this.#world.liveJobOf(id) !== undefined ? "known" : "queued";
  }

  store(message: QueuedMessage): void {
    const job: Job = {
      number: this.#world.jobs.length + 1,
      message,
      state: "waiting",
      attempt: 0,
      turn: 0,
      lockedUntilMs: 0,
      dueMs: this.#world.nowMs,
    };
    this.#world.jobs.push(job);
    this.#world.note(() => `  the engine has stored ${message.id} as job ${job.number}`);
    this.#offer(job, this.#world.random.pick(LATENCIES_MS));
  }

  /** A worker is at work on it. */
  extend(job: Job, turn: number): void {
    if (job.state === "active" && job.turn === turn) this.#lock(job);
  }

  /** What a worker says of a job that it was handed in this turn. */
  settle(job: Job, turn: number, record: WorkerRecord): void {
    const world = this.#world;
    const { checksHolder, attempts } = world.scenario.engine;
    if (job.state !== "active" || (checksHolder && job.turn !== turn)) return;
    const action = actionOf(record, world.plant);
    world.note(() => `  the engine has job ${job.number} ${action}`);
    if (action === "finish") {
      job.state = "finished";
      if (!world.isProcessed(job.message.id))
        world.violation("finished too early", `job ${job.number} is finished without an effect`);
    } else if (action === "park" || job.attempt >= attempts) {
      job.state = "parked";
      const forGood = record.outcome === "unhandled" || record.outcome === "refused";
      // By the worker's count too: an engine that does not check the holder may hear it after an operator's retry.
      const attempt = Math.max(job.attempt, record.attempt);
      if (!forGood && attempt < attempts)
        world.violation("parked too early", `job ${job.number} after ${attempt} attempts`);
    } else {
      job.state = "waiting";
      const delayMs = Math.min(FIRST_BACKOFF_MS * 2 ** (job.attempt - 1), BACKOFF_MAX_MS);
      job.dueMs = world.nowMs + delayMs;
      this.#offer(job, delayMs);
    }
  }

  /** An operator has what is parked tried again. */
  retry(job: Job): void {
    job.state = "waiting";
    job.attempt = 0;
    this.#offer(job, 0);
  }

  #offer(job: Job, delayMs: number): void {
    this.#world.later(undefined, delayMs, () => this.#handOut(job));
  }

  #handOut(job: Job): void {
    const world = this.#world;
    if (job.state !== "waiting" || job.dueMs > world.nowMs) return;
    const worker = world.pickWorker();
    if (worker === undefined) {
      this.#offer(job, NO_WORKER_MS);
      return;
    }
    job.state = "active";
    job.attempt += 1;
    job.turn += 1;
    this.#lock(job);
    worker.take(job);
    if (!world.goesWrong("jobs handed out twice", 0.3)) return;
    world.note(() => `job ${job.number} is handed out twice`);
    world.later(undefined, world.random.pick(LATENCIES_MS), () => world.pickWorker()?.take(job));
  }

  #lock(job: Job): void {
    const world = this.#world;
    const { lockMs } = world.scenario.engine;
    job.lockedUntilMs = world.nowMs + lockMs;
    world.later(undefined, lockMs, () => {
      if (job.state !== "active" || job.lockedUntilMs > world.nowMs) return;
      world.note(() => `nothing was heard of job ${job.number} for ${lockMs / 1_000} s`);
      job.state = "waiting";
      job.dueMs = world.nowMs;
      this.#handOut(job);
    });
  }
}

/** What the processor tells the engine. */
function actionOf({ action, outcome }: WorkerRecord, plant: string | undefined): WorkerRecord["action"] {
  if (plant === "park-at-once" && action === "retry") return "park";
  if (plant === "finish-when-busy" && outcome === "busy") return "finish";
  return action;
}
