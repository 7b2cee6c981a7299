export type { IoredisClient, NodeRedisClient, NodeRedisEvalOptions, RedisClient } from "./client.ts";
export type { RedisStoreOptions } from "./options.ts";
export { createRedisStore, type RedisStore } from "./redis-store.ts";
