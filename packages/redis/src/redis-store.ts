import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import {
  type Claim,
  ConfigurationError,
  type DedupKey,
  type Holder,
  type Inspection,
  type PendingClaim,
  type Settlement,
  StoreUnavailableError,
} from "@mintfax-webhooks/core/store";
import { integerFrom } from "./answers.ts";
import { isUnknownScript, type RedisClient, type ScriptRunner, scriptRunner } from "./client.ts";
import { type Connection, connectionOf } from "./connection.ts";
import { messageOf, misconfigured, storeErrorFrom } from "./errors.ts";
import { inspect } from "./inspect.ts";
import { keyName } from "./key-name.ts";
import { type RedisStoreOptions, type Settings, settingsFrom, wholeMs } from "./options.ts";
import { pendingClaims } from "./pending.ts";
import { type Wait, waitOf } from "./replication.ts";
import { CLAIM, COMPLETE, FORGET, RELEASE, RENEW, type Script } from "./scripts.ts";

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
 * Every call is one Lua script on one key, in one round trip: two calls for a processed delivery, one for a duplicate.
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
  readonly #wait: Wait | undefined;
  readonly #settings: Settings;
  readonly #connection: Connection;
  /** Owners of claims that were reported as unanswered. An owner that claims again takes over its earlier claim. */
  readonly #toGiveBack = new Set<string>();

  constructor(client: RedisClient, scripts: ScriptRunner, wait: Wait | undefined, settings: Settings) {
    this.#client = client;
    this.#connection = connectionOf(client);
    this.#scripts = scripts;
    this.#wait = wait;
    this.#settings = settings;
  }

  async claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    const { timeoutMs } = this.#settings;
    // A client queues commands until it has a connection. From that queue, a claim that was given up on long ago would be granted
    // before the completion of the process that has worked on the event meanwhile.
    if (!this.#connection.isReady && !(await this.#connection.readyWithin(timeoutMs))) {
      throw unanswered(timeoutMs, this.#connection.lastError);
    }
    // From here on, this claim stands for an earlier one of the same owner. Not before: if this one is never sent, the earlier
    // one has to be given back.
    this.#toGiveBack.delete(owner);
    const answer = await this.#call(CLAIM, key, [owner, wholeMs(leaseMs)], {
      givenUp: () => void this.#toGiveBack.add(owner),
      ended: (fence) => this.#giveBack(key, owner, fence),
    });
    if (answer > 0) return { state: "claimed", fence: answer };
    return { state: answer === 0 ? "pending" : "done" };
  }

  /** The caller was told that the store is unreachable, so it will not settle the claim. */
  #giveBack(key: DedupKey, owner: string, fence: number | undefined): void {
    if (this.#toGiveBack.delete(owner) && fence !== undefined && fence > 0) {
      this.release(key, { owner, fence }).catch(leaseEndsByItself);
    }
  }

  renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return this.#settle(RENEW, key, holder, wholeMs(leaseMs));
  }

  complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#settle(COMPLETE, key, holder);
  }

  release(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#settle(RELEASE, key, holder);
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const answer = await this.#call(FORGET, key, []);
    if (answer === 0) return "absent";
    return answer > 0 ? "forgotten" : "pending";
  }

  inspect(key: DedupKey): Promise<Inspection> {
    return inspect(this.#scripts, this.#settings, key);
  }

  pending(namespace?: string): AsyncIterable<PendingClaim> {
    return pendingClaims(this.#client, this.#settings, namespace);
  }

  async #settle(
    script: Script,
    key: DedupKey,
    { owner, fence }: Holder,
    ...args: readonly string[]
  ): Promise<Settlement> {
    const answer = await this.#call(script, key, [owner, String(fence), ...args]);
    return answer === 1 ? "ok" : "lost";
  }

  #call(script: Script, key: DedupKey, args: readonly string[], watch?: Watch): Promise<number> {
    const { keyPrefix, retentionMs, timeoutMs } = this.#settings;
    const connection = this.#connection;
    const signsBefore = connection.signsOfLife;
    const name = keyName(keyPrefix, key);
    return new Promise((resolve, reject) => {
      let late = false;
      let timer = setTimeout(() => {
        late = true;
        watch?.givenUp();
        // If the answer still comes, the connection is alive.
        timer = setTimeout(() => connection.unanswered(signsBefore, timeoutMs), timeoutMs);
        timer.unref();
        reject(unanswered(timeoutMs, connection.lastError));
      }, timeoutMs);
      this.#run(script, name, [retentionMs, ...args]).then(
        ({ answer, doubt }) => {
          clearTimeout(timer);
          connection.answered();
          if (doubt !== undefined) {
            watch?.givenUp();
            reject(doubt);
          }
          if (late || doubt !== undefined) watch?.ended(answer);
          resolve(answer);
        },
        (error) => {
          clearTimeout(timer);
          connection.failed(error, timeoutMs);
          if (late) watch?.ended();
          reject(storeErrorFrom(error));
        },
      );
    });
  }

  async #run(script: Script, name: string, args: readonly string[]): Promise<Confirmed> {
    try {
      return await this.#confirmed(script, this.#scripts.byName(script, name, args));
    } catch (error) {
      // Only this error shows that the script did not run. After any other error it may have run, so the store does not repeat it.
      if (!isUnknownScript(error)) throw error;
      return await this.#confirmed(script, this.#scripts.byText(script, name, args));
    }
  }

  /** Sends `WAIT` right behind the script, so that both go over the same connection, in the same round trip. */
  async #confirmed({ answers }: Script, sent: Promise<unknown>): Promise<Confirmed> {
    if (this.#wait === undefined) return { answer: integerFrom(await sent, answers), doubt: undefined };
    const { waitReplicas, waitTimeoutMs } = this.#settings;
    const { answer, doubt } = await this.#wait(sent, waitReplicas, waitTimeoutMs);
    return { answer: integerFrom(answer, answers), doubt };
  }
}

/** Follows a call that its caller has given up on. */
interface Watch {
  givenUp(): void;
  /** The call has ended after all, with an answer or without. */
  ended(answer?: number): void;
}

interface Confirmed {
  readonly answer: number;
  /** Why the answer does not count. */
  readonly doubt: Error | undefined;
}

function leaseEndsByItself(): void {}

function unanswered(timeoutMs: number, lastError: unknown): Error {
  const complaint = lastError === undefined ? "" : ` The client's newest error: ${messageOf(lastError)}`;
  return (
    misconfigured(lastError) ??
    new StoreUnavailableError(`Redis has not answered within ${timeoutMs} ms.${complaint}`, {
      cause: lastError,
    })
  );
}

function unsuitable(message: string): ConfigurationError {
  return new ConfigurationError("store_invalid", message);
}
