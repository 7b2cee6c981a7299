/** Hand-off through Cloudflare Queues, with parked messages in D1. */
export type {
  CloudflareBatch,
  CloudflareExecution,
  CloudflareMessage,
  CloudflareQueueBinding,
  LargeBodiesBinding,
  ParkedDatabaseBinding,
  ParkedStatement,
} from "./bindings.ts";
export { type CloudflareConsumer, type CloudflareConsumerOptions, cloudflareConsumer } from "./consumer.ts";
export { type CloudflareParked, type CloudflareParkedOptions, cloudflareParked } from "./parked.ts";
export { CLOUDFLARE_PARKED_SCHEMA } from "./parked-statements.ts";
export { type CloudflareQueueOptions, cloudflareQueue } from "./queue.ts";
