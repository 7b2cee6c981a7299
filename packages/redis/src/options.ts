import {
  ConfigurationError,
  checkOptions,
  retentionFrom,
  storeTimeoutFrom,
  within,
} from "@mintfax-webhooks/core/store";
import type { RedisClient } from "./client.ts";

const HOUR_MS = 3_600_000;

/** Options of {@link createRedisStore}. */
export interface RedisStoreOptions {
  /**
   * Your client, of `ioredis` or of `redis` (node-redis). The store neither connects nor closes it. Give it a listener
   * for `error`: without one, node-redis ends the process when the connection breaks.
   */
  readonly client: RedisClient;
  /** Starts every key, which goes on with the namespace and the id. Default `"mintfax:"`. */
  readonly keyPrefix?: string;
  /**
   * How long a finished id is remembered, in milliseconds. Default 7 days, at least an hour, at most ten years: mintfax's
   * own retries span some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call may take, in milliseconds, before the store counts as unavailable. Default 2,000, at most
   * 5,000, when the engine gives up. A client that is reconnecting would otherwise hold deliveries for as long.
   */
  readonly timeoutMs?: number;
  /**
   * How many replicas have to confirm each change (`WAIT`) before it counts. Default 0: a failover can lose the
   * latest changes. For a client that is one connection: not for a cluster, a pool or node-redis' `createSentinel()`.
   */
  readonly waitReplicas?: number;
  /** How long replicas may take to confirm, in milliseconds. Default half of `timeoutMs`, and at most that. */
  readonly waitTimeoutMs?: number;
}

/** Options with every default filled in and every bound checked. */
export interface Settings {
  readonly keyPrefix: string;
  /** As a script takes it: whole milliseconds. */
  readonly retentionMs: string;
  readonly timeoutMs: number;
  readonly waitReplicas: number;
  readonly waitTimeoutMs: number;
}

const OPTIONS = ["client", "keyPrefix", "retentionMs", "timeoutMs", "waitReplicas", "waitTimeoutMs"];

/** @throws {ConfigurationError} code `option_out_of_bounds`, for an option that cannot work */
export function settingsFrom(options: RedisStoreOptions): Settings {
  checkOptions(options, OPTIONS, "createRedisStore");
  const { keyPrefix = "mintfax:", retentionMs = 7 * 24 * HOUR_MS, waitReplicas = 0 } = options;
  const timeoutMs = storeTimeoutFrom(options.timeoutMs);
  const { waitTimeoutMs = Math.floor(timeoutMs / 2) } = options;
  if (typeof keyPrefix !== "string") {
    throw new ConfigurationError(
      "option_out_of_bounds",
      `keyPrefix is of type ${typeof keyPrefix}; expected a string.`,
    );
  }
  return {
    keyPrefix,
    retentionMs: String(retentionFrom(retentionMs)),
    timeoutMs,
    waitReplicas: within("waitReplicas", waitReplicas, 0, 1_000),
    // `WAIT` takes 0 for "for ever".
    waitTimeoutMs: within("waitTimeoutMs", waitTimeoutMs, 1, timeoutMs),
  };
}

/** Redis takes whole milliseconds only. */
export function wholeMs(ms: number): string {
  return String(Math.ceil(ms));
}
