import type { EnqueueContext, Enqueued, Queue, QueuedMessage } from "@mintfax-webhooks/queue";
import { Connection } from "../simulation/connection.ts";
import type { SimulatedProcess } from "../simulation/process.ts";
import { Transaction } from "./database.ts";
import type { SimulatedEngine } from "./simulated-engine.ts";
import type { HandOffWorld } from "./world.ts";

/** The engine, as a receiver's process reaches it. */
export class EngineClient implements Queue {
  readonly engine = "simulated";
  readonly name = "mintfax";
  readonly #world: HandOffWorld;
  readonly #to: SimulatedEngine;
  readonly #connection: Connection;

  constructor(world: HandOffWorld, to: SimulatedEngine, process: SimulatedProcess) {
    this.#world = world;
    this.#to = to;
    this.#connection = new Connection(world, process);
  }

  enqueue(message: QueuedMessage, { tx }: EnqueueContext): Enqueued | Promise<Enqueued> {
    const world = this.#world;
    const { plant } = world;
    const run = world.runs.findLast((of) => of.task.stage === "intake" && of.task.event.id === message.id);
    const inside = tx instanceof Transaction && plant !== "enqueue-outside-tx" ? tx : undefined;
    let answer: Enqueued = "queued";
    const take = (): void => {
      answer = this.#to.answerTo(message);
      if (answer === "known") return;
      const store = (): void => {
        this.#to.store(message);
        if (run !== undefined) run.effectMs = world.nowMs;
      };
      if (inside === undefined) store();
      else inside.onCommit(store);
    };
    const asking = new Promise<Enqueued>((resolve, reject) => {
      this.#connection.send(this.#connection.drawFate(), {
        words: () => `enqueue ${message.id}`,
        take,
        answered: () => resolve(answer),
        failed: reject,
      });
    });
    if (plant !== "answer-before-stored") return asking;
    asking.catch(() => {});
    return "queued";
  }
}
