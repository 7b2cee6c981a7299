export type { IoredisClient, NodeRedisClient, NodeRedisEvalOptions, RedisClient } from "./client.ts";
export type { RedisStoreOptions } from "./options.ts";
export { createRedisStore } from "./redis-store.ts";
