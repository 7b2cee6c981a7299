import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import {
  type CheckFinding,
  type Claim,
  ConfigurationError,
  type DedupKey,
  type Holder,
  type Inspection,
  type PendingClaim,
  type Settlement,
} from "@mintfax-webhooks/core/store";
import { checkRedis } from "./check/check.ts";
import { type RedisClient, type ScriptRunner, scriptRunner } from "./client.ts";
import { connectionOf } from "./connection.ts";
import { GroupCommit } from "./group-commit.ts";
import { inspect } from "./inspect.ts";
import { keyName } from "./key-name.ts";
import { LateClaims } from "./late-claims.ts";
import { type RedisStoreOptions, type Settings, settingsFrom } from "./options.ts";
import { pendingClaims } from "./pending.ts";
import { type Wait, waitOf } from "./replication.ts";
import { ScriptCalls } from "./script-calls.ts";
import { claim, completion, forgetting, release, renewal } from "./steps.ts";

/** A lease store in Redis. */
export interface RedisStore extends LeaseStore {
  /**
   * Lists the claims that are held, or whose lease ran out, in no order. Looks at all keys of the database with `SCAN`, 1,000 at a
   * time, on every primary of a cluster. Needs the commands SCAN, MGET (GET in a cluster) and TIME, and a client that can send any
   * command: not node-redis' `createSentinel()`.
   *
   * @param namespace default: all of them
   *
   * @example
   * ```ts
   * for await (const { key, owner } of store.pending()) console.log(key?.id, owner);
   * ```
   */
  pending(namespace?: string): AsyncIterable<PendingClaim>;
}

/**
 * A dedup store in Redis (5 or later) or Valkey, for several processes and across their restarts. It remembers as much as
 * Redis does: an event whose row Redis loses in a crash or a failover can be processed once more.
 *
 * What deliveries ask for in one turn of the event loop is one call of one Lua script, in one round trip. A processed delivery
 * asks twice, a duplicate once.
 *
 * Its calls reject with `StoreUnavailableError`, or with `StoreMisconfiguredError` for an error that only a person can fix: a
 * wrong password, a missing permission, keys of another application.
 *
 * @throws {ConfigurationError} `option_out_of_bounds` for an option that cannot work; `store_invalid` where `client` is not a
 *   client of `ioredis` or `redis`, or `waitReplicas` is set and the client is not one connection
 *
 * @example
 * ```ts
 * const client = new Redis("redis://127.0.0.1:6379"); // from "ioredis"
 * const webhooks = mintfaxWebhooks({ store: createRedisStore({ client }) });
 * ```
 */
export function createRedisStore(options: RedisStoreOptions): RedisStore {
  const client = options?.client;
  const scripts = scriptRunner(client);
  if (scripts === undefined) {
    throw unsuitable(
      `client is ${typeof client === "object" ? "another object" : `of type ${typeof client}`}; expected a client of ioredis 5.3 or later, or of redis (node-redis) 4.6 or later.`,
    );
  }
  const settings = settingsFrom(options);
  if (settings.waitReplicas === 0) return new RedisLeaseStore(client, scripts, undefined, settings);
  const wait = waitOf(client);
  if (wait === undefined) {
    throw unsuitable(
      "waitReplicas is set and client is a cluster, a pool or createSentinel(); expected a client that is one connection (new " +
        "Redis() of ioredis, createClient() of redis), since WAIT counts for one connection only. Leave waitReplicas out.",
    );
  }
  return new RedisLeaseStore(client, scripts, wait, settings);
}

class RedisLeaseStore implements RedisStore {
  readonly kind = "lease";
  readonly #client: RedisClient;
  readonly #scripts: ScriptRunner;
  readonly #settings: Settings;
  readonly #group: GroupCommit;
  readonly #lateClaims = new LateClaims((key, owner, fence) => {
    this.release(key, { owner, fence }).catch(leaseEndsByItself);
  });

  constructor(client: RedisClient, scripts: ScriptRunner, wait: Wait | undefined, settings: Settings) {
    this.#client = client;
    this.#scripts = scripts;
    this.#settings = settings;
    this.#group = new GroupCommit(new ScriptCalls(scripts, wait, settings), connectionOf(client), settings);
  }

  claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return this.#group.ask(claim(this.#nameOf(key), owner, leaseMs), this.#lateClaims.watch(key, owner));
  }

  renew(key: DedupKey, { owner, fence }: Holder, leaseMs: number): Promise<Settlement> {
    return this.#group.ask(renewal(this.#nameOf(key), owner, fence, leaseMs));
  }

  complete(key: DedupKey, { owner, fence }: Holder): Promise<Settlement> {
    return this.#group.ask(completion(this.#nameOf(key), owner, fence));
  }

  release(key: DedupKey, { owner, fence }: Holder): Promise<Settlement> {
    return this.#group.ask(release(this.#nameOf(key), owner, fence));
  }

  forget(key: DedupKey): Promise<Forgetting> {
    return this.#group.ask(forgetting(this.#nameOf(key)));
  }

  check(): Promise<readonly CheckFinding[]> {
    return checkRedis({ client: this.#client, scripts: this.#scripts, settings: this.#settings });
  }

  inspect(key: DedupKey): Promise<Inspection> {
    return inspect(this.#scripts, this.#settings, key);
  }

  pending(namespace?: string): AsyncIterable<PendingClaim> {
    return pendingClaims(this.#client, this.#settings, namespace);
  }

  #nameOf(key: DedupKey): string {
    return keyName(this.#settings.keyPrefix, key);
  }
}

function leaseEndsByItself(): void {}

function unsuitable(message: string): ConfigurationError {
  return new ConfigurationError("store_invalid", message);
}
