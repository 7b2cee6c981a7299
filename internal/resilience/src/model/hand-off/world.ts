import type { Receiver } from "@mintfax-webhooks/core/adapter";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import type { Worker } from "@mintfax-webhooks/queue";
import { Random } from "test-support/random";
import type { Call } from "../simulation/call.ts";
import type { SimulatedProcess } from "../simulation/process.ts";
import { Simulation } from "../simulation/simulation.ts";
import type { Job } from "./job.ts";
import type { Attempt, Delivery, Run, SentEvent, Stage, Task } from "./journal.ts";
import type { Rule } from "./rule.ts";
import { drawScenario, type Scenario, type Trouble } from "./scenario.ts";

/** A process of the web application. */
export interface Web extends SimulatedProcess {
  readonly receiver: Pick<Receiver<Delivery>, "receive" | "forget" | "drain">;
}

/** A process that the engine hands jobs to. */
export interface Working extends SimulatedProcess {
  readonly worker: Pick<Worker, "forget" | "drain">;
  take(job: Job): void;
}

/** Receivers, an engine and workers, and one sender. */
export class HandOffWorld extends Simulation<Rule> {
  readonly scenario: Scenario;
  readonly plant: string | undefined;
  readonly events: SentEvent[] = [];
  /** Of the engine. */
  readonly jobs: Job[] = [];
  readonly runs: Run[] = [];
  readonly webs: (Web | undefined)[] = [];
  readonly workers: (Working | undefined)[] = [];
  deliveries = 0;
  /** The delivery or the attempt that begins right now. Only then is an owner new to the store. */
  starting: Task | undefined;
  readonly attempts: Attempt[] = [];

  constructor(seed: number, plant: string | undefined, traced: boolean) {
    super(new Random(seed), traced);
    this.scenario = drawScenario(this.random);
    this.plant = plant;
  }

  eventOf(id: string): SentEvent {
    return this.events.find((event) => event.id === id) as SentEvent;
  }

  /** One that is alive, though it may be paused. */
  pickWorker(): Working | undefined {
    const alive = this.workers.filter((worker) => worker !== undefined);
    return alive.length === 0 ? undefined : this.random.pick(alive);
  }

  /** Whether a trouble strikes now. */
  goesWrong(trouble: Trouble, probability: number): boolean {
    const { troubles, horizonMs } = this.scenario;
    return this.nowMs < horizonMs && troubles.has(trouble) && this.random.chance(probability);
  }

  generationOf(key: DedupKey): number {
    return this.eventOf(key.id).generations[stageOf(key)];
  }

  /** A stage may take the event anew. */
  forgotten(key: DedupKey): void {
    this.eventOf(key.id).generations[stageOf(key)] += 1;
  }

  /** What is still to be worked on of an event. */
  liveJobOf(id: string): Job | undefined {
    return this.jobs.find(
      ({ message, state }) => message.id === id && (state === "waiting" || state === "active"),
    );
  }

  /** Whether a person can find the event. */
  hasParked(id: string): boolean {
    return this.jobs.some(({ message, state }) => message.id === id && state === "parked");
  }

  /** Whether a worker has had the effect that is owed. */
  isProcessed(id: string): boolean {
    const { owedGeneration } = this.eventOf(id);
    return this.runs.some(
      ({ task, effectMs, generation }) =>
        task.stage === "work" &&
        task.event.id === id &&
        effectMs !== undefined &&
        generation >= owedGeneration,
    );
  }

  /**
   * Whether the store has answered each process that is alive and knows that the event is done. A process gives up on an answer that
   * comes late, and tells the store again; until it is heard, it answers "duplicate" by itself.
   */
  isRecorded(event: SentEvent): boolean {
    return this.runs.every(
      ({ task, ended }) =>
        task.event !== event ||
        ended !== "ok" ||
        task.process.diedMs <= this.nowMs ||
        task.calls.length === 0 ||
        isHeard(task.calls.findLast(({ command }) => command.do === "complete")),
    );
  }

  /** Whether the engine holds it, or a worker has processed it. */
  isSafe(id: string): boolean {
    return this.liveJobOf(id) !== undefined || this.hasParked(id) || this.isProcessed(id);
  }

  protected override stepped(): void {
    this.starting = undefined;
  }
}

/** Less than any limit of a receiver or a worker for the store. */
const IN_TIME_MS = 1_000;

function isHeard(call: Call | undefined): boolean {
  return call?.answeredMs !== undefined && call.answeredMs - call.sentMs < IN_TIME_MS;
}

function stageOf({ namespace }: DedupKey): Stage {
  return namespace === "mintfax" ? "intake" : "work";
}
