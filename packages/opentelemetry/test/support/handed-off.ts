import { createMemoryStore } from "@mintfax-webhooks/express";
import { createTelemetry } from "@mintfax-webhooks/opentelemetry";
import { createWorker, handOff, type Queue, type QueuedMessage, type Worker } from "@mintfax-webhooks/queue";
import { attempt, receiving } from "test-support/receiving";

/** What a queue is called in the tests. */
export const QUEUE = { engine: "list", queue: "faxes" };

/** A queue that keeps messages in a list, and fails as it is told to. */
export class ListQueue implements Queue {
  readonly engine: string = QUEUE.engine;
  readonly name: string = QUEUE.queue;
  readonly messages: QueuedMessage[] = [];
  fault: unknown;

  async enqueue(message: QueuedMessage): Promise<"queued" | "known"> {
    if (this.fault !== undefined) throw this.fault;
    const isKnown = this.messages.some(({ id }) => id === message.id);
    if (!isKnown) this.messages.push(structuredClone(message));
    return isKnown ? "known" : "queued";
  }
}

/** Delivers an event to a receiver that hands off to this queue. */
export async function deliver(queue: Queue, event: { readonly id: string }): Promise<number> {
  const telemetry = createTelemetry();
  const { webhooks } = receiving({ telemetry });
  webhooks.on("*", handOff(queue, { telemetry }));
  return (await webhooks(attempt(event))).status;
}

export function tracedWorker(): Worker {
  const silent = { onOutcome() {}, onParked() {}, onLateOutcome() {} };
  return createWorker({ store: createMemoryStore(), telemetry: createTelemetry(), ...silent });
}
