import type { Attempt } from "@mintfax-webhooks/testing";
import { ulidWith } from "./ids.ts";

/** How a delivery is sent beside the schedule, other than by "Retry now". */
export type Variant = "copy" | "forged" | "stale" | "tampered";

/** The headers of a request, in order and with duplicates. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** What is known of an attempt when it starts. */
export interface StartedAttempt {
  readonly eventId: string;
  readonly eventType: string;
  readonly endpointId: string;
  readonly url: string;
  readonly number: number;
  readonly manual: boolean;
  /** Of a manual retry: the attempt it was asked for at. */
  readonly parentId: string | null;
  /** What was sent in place of an ordinary attempt. */
  readonly variant: Variant | null;
  readonly startedMs: number;
  readonly requestHeaders: HeaderPairs;
  readonly requestBody: Uint8Array;
}

/** One HTTP attempt to deliver an event to an endpoint. */
export interface AttemptRecord extends StartedAttempt {
  readonly id: string;
  /** Undefined while it is under way. */
  readonly result: Omit<Attempt, "number" | "manual"> | undefined;
  /** When the schedule makes the next attempt; undefined where it makes none. */
  readonly nextAttemptMs: number | undefined;
}

/** mintfax counts any 2xx as a success. */
export function statusOf({ result }: Pick<AttemptRecord, "result">): "pending" | "succeeded" | "failed" {
  if (result === undefined) return "pending";
  return result.status !== null && result.status >= 200 && result.status <= 299 ? "succeeded" : "failed";
}

/** The newest attempts: the oldest makes room. */
export class Attempts {
  /** How many. */
  readonly kept: number;
  /** In the order of their start. */
  readonly #records = new Map<string, AttemptRecord>();
  readonly #watchers = new Set<(record: AttemptRecord) => void>();

  constructor(kept: number) {
    this.kept = kept;
  }

  start(started: StartedAttempt): AttemptRecord {
    const record = { ...started, id: ulidWith("wha_"), result: undefined, nextAttemptMs: undefined };
    this.#put(record);
    if (this.#records.size > this.kept) {
      const [oldest] = this.#records.keys();
      if (oldest !== undefined) this.#records.delete(oldest);
    }
    return record;
  }

  end(id: string, result: NonNullable<AttemptRecord["result"]>, nextAttemptMs?: number): void {
    const record = this.#records.get(id);
    if (record !== undefined) this.#put({ ...record, result, nextAttemptMs });
  }

  get(id: string): AttemptRecord | undefined {
    return this.#records.get(id);
  }

  /** The newest first. */
  list(): AttemptRecord[] {
    return [...this.#records.values()].reverse();
  }

  drop(id: string): void {
    this.#records.delete(id);
  }

  /** Calls for every attempt that starts or ends. @returns what stops it */
  watch(onChange: (record: AttemptRecord) => void): () => void {
    this.#watchers.add(onChange);
    return () => void this.#watchers.delete(onChange);
  }

  #put(record: AttemptRecord): void {
    this.#records.set(record.id, record);
    for (const tell of this.#watchers) tell(record);
  }
}
