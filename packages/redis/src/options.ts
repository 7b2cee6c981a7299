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
   * How long a finished id is remembered, in milliseconds. Default 7 days, at least an hour: mintfax's own retries
   * span some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call may take, in milliseconds, before the store counts as unavailable. Default 2,000, at most
   * 5,000, when the engine gives up. A client that is reconnecting would otherwise hold deliveries for as long.
   */
  readonly timeoutMs?: number;
  /**
   * How many replicas have to confirm each change (`WAIT`) before it counts. Default 0: a failover can lose the
   * latest changes. For a client with one connection; neither for a cluster nor for a pool.
   */
  readonly waitReplicas?: number;
  /** How long replicas may take to confirm, in milliseconds. Default half of `timeoutMs`, and at most that. */
  readonly waitTimeoutMs?: number;
}

/** Options with every default filled in and every bound checked. */
export interface Settings {
  readonly keyPrefix: string;
  readonly retentionMs: number;
  readonly timeoutMs: number;
  readonly waitReplicas: number;
  readonly waitTimeoutMs: number;
}

/** @throws {RangeError} code `option_out_of_bounds`, for an option that cannot work */
export function settingsFrom(options: RedisStoreOptions): Settings {
  const { keyPrefix = "mintfax:", retentionMs = 7 * 24 * HOUR_MS, timeoutMs = 2_000 } = options;
  const { waitReplicas = 0, waitTimeoutMs = Math.floor(timeoutMs / 2) } = options;
  check("retentionMs", retentionMs, HOUR_MS, Number.MAX_SAFE_INTEGER);
  // Less than 2 ms leaves no time for anybody to wait in.
  check("timeoutMs", timeoutMs, 2, 5_000);
  check("waitReplicas", waitReplicas, 0, 1_000);
  // `WAIT` takes 0 for "for ever".
  check("waitTimeoutMs", waitTimeoutMs, 1, timeoutMs);
  return { keyPrefix, retentionMs, timeoutMs, waitReplicas, waitTimeoutMs };
}

function check(name: keyof RedisStoreOptions, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  const why = name === "retentionMs" ? " (one hour), longer than mintfax's own retries" : "";
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}${why}` : `from ${min} to ${max}`;
  throw Object.assign(new RangeError(`${name} is ${value}; expected a whole number ${bounds}.`), {
    code: "option_out_of_bounds",
  });
}
