import type { Telemetry } from "@mintfax-webhooks/core";
import type { QueueMisconfiguredError, QueueUnavailableError } from "./errors.ts";
import type { Trace } from "./message/message.ts";
import type { Enqueued } from "./queue.ts";
import type { WorkerRecord } from "./record.ts";

/**
 * Follows events into a queue and out of it: `createTelemetry()` of `@mintfax-webhooks/opentelemetry` makes one. It may throw,
 * reject or forget to start the work, and neither the work nor what becomes of it changes.
 */
export interface QueueTelemetry extends Pick<Telemetry, "onLateOutcome"> {
  /**
   * Called when {@link handOff} is about to store an event.
   *
   * @param enqueue stores it, in the asynchronous context that it is called in. Call it once, before returning; the trace
   *   that it is given travels in the message. Its promise never rejects
   */
  onEnqueue(facts: EnqueueFacts, enqueue: (trace?: Trace) => Promise<EnqueueRecord>): unknown;
  /**
   * Called when a worker has been given a message, before the message is opened.
   *
   * @param work does the work, handler included, in the asynchronous context that it is called in. Call it once, before
   *   returning. Its promise never rejects
   */
  onWork(facts: WorkFacts, work: () => Promise<WorkerRecord>): unknown;
}

/** Which event is stored where. */
export interface EnqueueFacts {
  readonly engine: string;
  /** The engine's name for the queue or task. */
  readonly queue: string;
  /** The event's `webhook-id`. */
  readonly id: string;
  readonly type: string;
}

/** How it was stored. */
export interface EnqueueRecord {
  readonly outcome: Enqueued | "failed";
  /** What {@link handOff} throws where it failed. Its cause comes from the engine's client. */
  readonly error: QueueUnavailableError | QueueMisconfiguredError | undefined;
  readonly durationMs: number;
}

/** Which message a worker has been given. */
export interface WorkFacts {
  readonly engine: string;
  /** The engine's name for the queue or task. */
  readonly queue: string;
  /** From 1. */
  readonly attempt: number;
  /** What `enqueue` was given when the event was stored. */
  readonly trace: Trace | undefined;
}
