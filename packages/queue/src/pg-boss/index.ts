/** Hand-off through pg-boss: messages in your PostgreSQL, stored in the transaction of the receiver's store where it has one. */
export type { PgBossDatabase, PgBossJob, PgBossLike } from "./client.ts";
export { type PgBossParkedOptions, pgBossParked } from "./parked.ts";
export { type PgBossProcessorOptions, pgBossProcessor } from "./processor.ts";
export { type PgBossQueueOptions, pgBossQueue } from "./queue.ts";
export { createPgBossQueues, type PgBossQueuesOptions } from "./queues.ts";
