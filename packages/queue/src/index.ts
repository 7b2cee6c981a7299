/** Hand-off: a receiver stores events in a queue, a worker works on them. Each engine has a subpath. */
export type { WorkerSetup } from "@mintfax-webhooks/core/worker";
export { checkWorker } from "./check-worker.ts";
export { MessageFailedError, QueueMisconfiguredError, QueueUnavailableError } from "./errors.ts";
export { type HandOffOptions, handOff } from "./hand-off.ts";
export type { Job } from "./job.ts";
export type { QueuedMessage, Trace } from "./message/message.ts";
export type { UnopenedCode } from "./message/open.ts";
export { createSeal, type Seal, type SealOptions } from "./message/seal.ts";
export type { Parked, ParkedMessage } from "./parked.ts";
export type { EnqueueContext, Enqueued, Queue } from "./queue.ts";
export type { Action, WorkerRecord } from "./record.ts";
export type { EnqueueFacts, EnqueueRecord, QueueTelemetry, WorkFacts } from "./telemetry.ts";
export { createWorker, type Worker, type WorkerOptions } from "./worker.ts";
