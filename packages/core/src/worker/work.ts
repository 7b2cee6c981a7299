import type { Outcome, OutcomeCode } from "../outcome/codes.ts";

/** A message of a queue, opened: what a worker is to process. */
export interface WorkItem {
  /** The event's `webhook-id`. */
  readonly id: string;
  /** Keeps apart what shares a store. */
  readonly namespace: string;
  /** The envelope, as the receiver has verified it. */
  readonly body: string;
  /** How often the engine has tried it, this time included: from 1. */
  readonly attempt: number;
  /** Aborted when the engine takes the message away or shuts down. */
  readonly signal?: AbortSignal | undefined;
}

/** How a message ended. It has nothing of the body: safe to log as JSON. */
export interface WorkRecord {
  readonly outcome: Outcome;
  readonly code: OutcomeCode | undefined;
  readonly message: string | undefined;
  readonly id: string;
  /** The event's type; undefined where the body is not an envelope. */
  readonly type: string | undefined;
  /** When mintfax generated the event, in Unix seconds. */
  readonly created: number | undefined;
  readonly attempt: number;
  /** From the start of the work to its end, in milliseconds. */
  readonly durationMs: number;
  /** The handler's part of it, in milliseconds; undefined where it did not run. */
  readonly handlerMs: number | undefined;
  /** What the handler or the store threw. Not enumerable: neither `JSON.stringify` nor a spread takes it along. */
  readonly error?: unknown;
}

/** The second argument of a worker's handler. Neither `platform` nor `requestId` crosses a queue. */
export type WorkContext<Tx = never> = BaseWorkContext &
  ([Tx] extends [never] ? unknown : { readonly tx: Tx });

/** What every handler of a worker is given beside the event. */
interface BaseWorkContext {
  /** The event's `webhook-id`: the key that deduplication goes by. */
  readonly id: string;
  /** How often the queue has tried this message, this time included: from 1. */
  readonly attempt: number;
  /**
   * Aborted at the deadline, when the lease is lost, when the transaction has ended, and when the queue takes the message
   * away or shuts down.
   */
  readonly signal: AbortSignal;
  /** Grows with every claim of this event. Store it with your effect and refuse a lower one to shut out stale workers. */
  readonly fence: number;
}
