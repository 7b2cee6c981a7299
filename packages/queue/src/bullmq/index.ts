/** BullMQ (Redis) as the engine of hand-off. */
export type { BullmqJob, BullmqQueueClient, BullmqStoredJob } from "./client.ts";
export { bullmqParked } from "./parked.ts";
export {
  type BullmqProcessor,
  type BullmqWorkerOptions,
  bullmqProcessor,
  bullmqWorkerOptions,
} from "./processor.ts";
export { type BullmqQueueOptions, bullmqQueue } from "./queue.ts";
