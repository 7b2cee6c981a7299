import type { LeaseStore, TransactionalStore } from "@mintfax-webhooks/core";
import { createReceiver, type Receiver } from "@mintfax-webhooks/core/adapter";
import { createWorker, handOff, type Worker, type WorkerRecord } from "@mintfax-webhooks/queue";
import { Connection } from "../simulation/connection.ts";
import { Link } from "../simulation/link.ts";
import { SimulatedProcess } from "../simulation/process.ts";
import { SECRET } from "../simulation/sending.ts";
import type { Backend } from "./backend.ts";
import type { Transaction } from "./database.ts";
import { EngineClient } from "./engine-client.ts";
import { observed, workHandlerIn } from "./handlers.ts";
import type { Job } from "./job.ts";
import type { Attempt, Delivery } from "./journal.ts";
import { planted } from "./plants.ts";
import type { StoreKind } from "./scenario.ts";
import type { SimulatedEngine } from "./simulated-engine.ts";
import type { HandOffWorld, Web, Working } from "./world.ts";

function ignore(): void {}

/** A process of the web application: it hands events off. */
export class WebProcess extends SimulatedProcess implements Web {
  readonly receiver: Receiver<Delivery, Transaction>;

  constructor(world: HandOffWorld, backend: Backend, name: string) {
    super(name);
    const { intake, deadlineMs, leaseMs } = world.scenario;
    this.receiver = createReceiver<Delivery, Transaction>({
      secret: SECRET,
      store: storeFor(world, backend, this, intake),
      deadlineMs,
      leaseMs,
      onOutcome: ignore,
      onLateOutcome: ignore,
    }).on("*", observed(world, handOff(new EngineClient(world, backend.engine, this))));
  }
}

/** A process that the engine hands jobs to. */
export class WorkerProcess extends SimulatedProcess implements Working {
  readonly #world: HandOffWorld;
  readonly #engine: SimulatedEngine;
  readonly #connection: Connection;
  readonly worker: Worker<Transaction>;

  constructor(world: HandOffWorld, backend: Backend, name: string) {
    super(name);
    this.#world = world;
    this.#engine = backend.engine;
    this.#connection = new Connection(world, this);
    const { work, workDeadlineMs, workLeaseMs } = world.scenario;
    this.worker = createWorker<Transaction>({
      store: planted(storeFor(world, backend, this, work), world.plant),
      deadlineMs: workDeadlineMs,
      leaseMs: workLeaseMs,
      onOutcome: ignore,
      onParked: ignore,
      onLateOutcome: ignore,
    }).on("fax.delivered", workHandlerIn(world));
  }

  /** What an engine's own client does with a job, and the processor in it. */
  take(job: Job): void {
    const world = this.#world;
    const { turn, attempt } = job;
    world.later(this, world.random.pick([0, 1, 50]), async () => {
      const task: Attempt = {
        name: `attempt ${attempt} at job ${job.number}`,
        stage: "work",
        event: world.eventOf(job.message.id),
        process: this,
        calls: [],
        job,
      };
      world.attempts.push(task);
      world.starting = task;
      world.note(() => `${task.name} starts in ${this.name}`);
      const isOver = this.#extendLock(job, turn);
      const isLastAttempt = attempt >= world.scenario.engine.attempts;
      const { message } = job;
      const record = await this.worker.process({
        engine: "simulated",
        queue: "mintfax",
        message,
        attempt,
        isLastAttempt,
      });
      isOver();
      world.note(() => `${task.name} ends: ${record.outcome} ${record.code ?? ""}, ${record.action}`);
      this.#tell(job, turn, record);
    });
  }

  #tell(job: Job, turn: number, record: WorkerRecord): void {
    this.#connection.send(this.#connection.drawFate(), {
      words: () => `${record.action} job ${job.number}`,
      take: () => this.#engine.settle(job, turn, record),
      answered: ignore,
      failed: ignore,
    });
  }

  /** @returns to be called when the work is over */
  #extendLock(job: Job, turn: number): () => void {
    const world = this.#world;
    let isOver = false;
    const extend = (): void => {
      if (isOver) return;
      this.#connection.send(this.#connection.drawFate(), {
        words: () => `extend the lock of job ${job.number}`,
        take: () => this.#engine.extend(job, turn),
        answered: ignore,
        failed: ignore,
      });
      world.later(this, world.scenario.engine.lockMs / 2, extend);
    };
    world.later(this, world.scenario.engine.lockMs / 2, extend);
    return () => {
      isOver = true;
    };
  }
}

function storeFor(
  world: HandOffWorld,
  { store, database }: Backend,
  process: SimulatedProcess,
  kind: StoreKind,
): LeaseStore | TransactionalStore<Transaction> {
  return kind === "lease" ? new Link(world, store, process) : database.storeFor(process);
}
