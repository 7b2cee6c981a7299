import type { MaybePromise } from "@mintfax-webhooks/core/store";
import type { QueuedMessage } from "./message/message.ts";

/** An existing engine, as {@link handOff} stores events in it. Each engine has one in a subpath of this package. */
export interface Queue {
  /** The engine's name, for messages and telemetry. */
  readonly engine: string;
  /** The engine's name for the queue or task. */
  readonly name: string;
  /**
   * Stores a message. Resolves once the engine has acknowledged it: `queued`, or `known` where the engine holds a message of
   * this namespace and id that will still be worked on.
   *
   * @throws {QueueUnavailableError} where it is not known to be stored
   * @throws {QueueMisconfiguredError} where it cannot be stored before something is changed
   */
  enqueue(message: QueuedMessage, context: EnqueueContext): MaybePromise<Enqueued>;
}

/** What {@link Queue.enqueue} resolves with. */
export type Enqueued = "queued" | "known";

/** What a delivery brings along. */
export interface EnqueueContext {
  /** The transaction of the receiver's store, where it has one: a queue in that database stores the message in it. */
  readonly tx: unknown;
  /** Aborted when the message is not waited for any more. */
  readonly signal: AbortSignal;
  /** As the handler's `context.platform`: where a queue's binding comes with the request. */
  readonly platform?: unknown;
}
