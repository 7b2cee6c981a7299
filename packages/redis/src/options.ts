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
   * Your client, of `ioredis` or of `redis` (node-redis). The store does not connect it for the first time and does not close
   * it. Add a listener for its `error` event: without one, node-redis ends the process when the connection breaks.
   */
  readonly client: RedisClient;
  /** The start of every key; the namespace and the id follow. Default `"mintfax:"`. */
  readonly keyPrefix?: string;
  /**
   * How long the store remembers a finished id, in milliseconds, from one hour to ten years. Default 7 days. mintfax's own
   * retries end after 19 minutes, but a person can retry an event at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call may take, in milliseconds, before the store counts as unavailable; at most 5,000. Default 2,000. The
   * limit also covers a client that is reconnecting.
   */
  readonly timeoutMs?: number;
  /**
   * How many claims, renewals, completions and releases one call of Redis may carry, from 1 to 1,000. Default 128. While a call
   * runs, some 3 µs for each of them, Redis serves no other client. 1 behind a proxy that spreads keys over several servers.
   */
  readonly batchMax?: number;
  /**
   * How many replicas have to confirm each change (`WAIT`) before it counts. Default 0: a failover can lose the newest
   * changes. Needs a client that is one connection: not a cluster, a pool or node-redis' `createSentinel()`.
   */
  readonly waitReplicas?: number;
  /** How long replicas may take to confirm, in milliseconds, at most `timeoutMs`. Default half of `timeoutMs`. */
  readonly waitTimeoutMs?: number;
}

/** Options with every default filled in and every bound checked. */
export interface Settings {
  readonly keyPrefix: string;
  /** As scripts take it: whole milliseconds, as text. */
  readonly retentionMs: string;
  readonly timeoutMs: number;
  readonly batchMax: number;
  readonly waitReplicas: number;
  readonly waitTimeoutMs: number;
}

const OPTIONS = [
  "client",
  "keyPrefix",
  "retentionMs",
  "timeoutMs",
  "batchMax",
  "waitReplicas",
  "waitTimeoutMs",
];

/** @throws {ConfigurationError} for an option that cannot work */
export function settingsFrom(options: RedisStoreOptions): Settings {
  checkOptions(options, OPTIONS, "createRedisStore");
  const {
    keyPrefix = "mintfax:",
    retentionMs = 7 * 24 * HOUR_MS,
    batchMax = 128,
    waitReplicas = 0,
  } = options;
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
    batchMax: within("batchMax", batchMax, 1, 1_000),
    waitReplicas: within("waitReplicas", waitReplicas, 0, 1_000),
    // 0 would mean no limit to `WAIT`.
    waitTimeoutMs: within("waitTimeoutMs", waitTimeoutMs, 1, timeoutMs),
  };
}

/** Redis takes whole milliseconds only. */
export function wholeMs(ms: number): string {
  return String(Math.ceil(ms));
}
