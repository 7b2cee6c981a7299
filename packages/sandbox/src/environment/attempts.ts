import type { Attempt, AttemptStart } from "@mintfax-webhooks/testing";
import type { Endpoint } from "./endpoint.ts";
import { ulidWith } from "./ids.ts";

/** How a delivery is sent beside the schedule, other than by "Retry now". */
export type Variant = "copy" | "forged" | "stale" | "tampered";

/** Of an attempt beside the schedule. */
export interface Aside {
  readonly parentId: string | null;
  readonly variant: Variant | null;
}

/** One HTTP attempt to deliver an event to an endpoint. */
export interface AttemptRecord {
  readonly id: string;
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
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  /** Undefined while it is under way. */
  readonly result: Attempt | undefined;
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
  readonly #kept: number;
  /** In the order of their start. */
  readonly #records = new Map<string, AttemptRecord>();
  readonly #watchers = new Set<(record: AttemptRecord) => void>();

  /** @param kept how many */
  constructor(kept: number) {
    this.#kept = kept;
  }

  start(
    { number, manual, delivery }: AttemptStart,
    eventType: string,
    endpoint: Endpoint,
    { parentId, variant }: Aside,
    startedMs: number,
  ): string {
    const id = ulidWith("wha_");
    this.#put({
      id,
      eventId: delivery.id,
      eventType,
      endpointId: endpoint.id,
      url: endpoint.settings.url,
      number,
      manual,
      parentId,
      variant,
      startedMs,
      requestHeaders: delivery.headers,
      requestBody: new TextDecoder().decode(delivery.body),
      result: undefined,
      nextAttemptMs: undefined,
    });
    if (this.#records.size > this.#kept) {
      const [oldest] = this.#records.keys();
      if (oldest !== undefined) this.#records.delete(oldest);
    }
    return id;
  }

  end(id: string, result: Attempt, nextAttemptMs: number | undefined): void {
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
