import { randomUUID } from "node:crypto";
import { createMemoryStore } from "@mintfax-webhooks/core";
import {
  createWorker,
  type EnqueueContext,
  type QueuedMessage,
  type Worker,
  type WorkerOptions,
  type WorkerRecord,
} from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";

/** Of a receiver whose store is not transactional. */
export const CONTEXT: EnqueueContext = { tx: undefined, signal: new AbortController().signal };

/** What `handOff()` makes of a new event. */
export function message(
  type: "fax.delivered" | "fax.failed" | "fax.sending" = "fax.delivered",
): QueuedMessage {
  const event = eventFixture(type, { id: `evt_${randomUUID()}` });
  const { id, created } = event;
  const body = JSON.stringify(event);
  return { version: 1, namespace: "mintfax", id, type, created, enqueuedAt: Date.now(), body };
}

/** A worker that collects its records. */
export function collecting(options: Partial<WorkerOptions> = {}): {
  worker: Worker;
  records: WorkerRecord[];
} {
  const records: WorkerRecord[] = [];
  const worker = createWorker({
    store: createMemoryStore(),
    onOutcome: (record) => records.push(record),
    onParked: () => {},
    ...options,
  });
  return { worker, records };
}
