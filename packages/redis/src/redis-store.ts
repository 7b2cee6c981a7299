import type { Claim, DedupKey, Forgetting, Holder, LeaseStore, Settlement } from "@mintfax-webhooks/core";
import { isUnknownScript, type ScriptRunner, scriptRunner } from "./client.ts";
import { type RedisStoreOptions, type Settings, settingsFrom } from "./options.ts";
import { type Wait, waitOf } from "./replication.ts";
import { CLAIM, COMPLETE, FORGET, RELEASE, RENEW, type Script } from "./scripts.ts";

/**
 * A dedup store in Redis (5 or later) or Valkey: for several processes, and over their restarts. It remembers what
 * Redis remembers, so what a crash or a failover of Redis loses can be processed once more.
 *
 * Every call is one Lua script on one key, in one round trip: two for a processed delivery, one for a duplicate.
 *
 * @throws {RangeError} code `option_out_of_bounds`, where an option cannot work
 * @throws {TypeError} code `client_unsuitable`, where `client` is no client of `ioredis` or `redis`, or has more than
 *   one connection and `waitReplicas` is set
 *
 * @example
 * ```ts
 * const client = new Redis("redis://127.0.0.1:6379"); // from "ioredis"
 * const webhooks = mintfaxWebhooks({ store: createRedisStore({ client }) });
 * ```
 */
export function createRedisStore(options: RedisStoreOptions): LeaseStore {
  const settings = settingsFrom(options);
  const { client } = options;
  const scripts = scriptRunner(client);
  if (scripts === undefined) {
    throw unsuitable("client is neither a client of ioredis nor one of redis (node-redis) 4 or later.");
  }
  if (settings.waitReplicas === 0) return new RedisStore(scripts, undefined, settings);
  const wait = waitOf(client);
  if (wait === undefined) {
    throw unsuitable(
      "waitReplicas needs a client with one connection, and this one is a cluster or a pool. Let the servers wait instead: min-replicas-to-write.",
    );
  }
  return new RedisStore(scripts, wait, settings);
}

class RedisStore implements LeaseStore {
  readonly kind = "lease";
  readonly #scripts: ScriptRunner;
  readonly #wait: Wait | undefined;
  readonly #settings: Settings;

  constructor(scripts: ScriptRunner, wait: Wait | undefined, settings: Settings) {
    this.#scripts = scripts;
    this.#wait = wait;
    this.#settings = settings;
  }

  async claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    // Its caller has been told that the store is away, so nobody would ever settle it.
    const giveBack = (fence: number) => {
      if (fence > 0) this.release(key, { owner, fence }).catch(leaseEndsByItself);
    };
    const answer = await this.#call(CLAIM, key, [owner, wholeMs(leaseMs)], giveBack);
    if (answer > 0) return { state: "claimed", fence: answer };
    return { state: answer === 0 ? "pending" : "done" };
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

  async #settle(
    script: Script,
    key: DedupKey,
    { owner, fence }: Holder,
    ...args: readonly string[]
  ): Promise<Settlement> {
    const answer = await this.#call(script, key, [owner, String(fence), ...args]);
    return answer === 1 ? "ok" : "lost";
  }

  /** @param onUseless told of an answer that came, but too late or without its replicas */
  #call(
    script: Script,
    key: DedupKey,
    args: readonly string[],
    onUseless: (answer: number) => void = () => {},
  ): Promise<number> {
    const { keyPrefix, retentionMs, timeoutMs, waitReplicas } = this.#settings;
    const name = `${keyPrefix}${encodeURIComponent(key.namespace)}:${key.id}`;
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(unavailable(`Redis has not answered within ${timeoutMs} ms.`));
      }, timeoutMs);
      this.#run(script, name, [String(retentionMs), ...args]).then(
        ({ answer, replicas }) => {
          clearTimeout(timer);
          const enough = replicas >= waitReplicas;
          if (late || !enough) onUseless(answer);
          if (enough) resolve(answer);
          else
            reject(unavailable(`${replicas} of ${waitReplicas} replicas have confirmed the change in time.`));
        },
        (error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  async #run(script: Script, name: string, args: readonly string[]): Promise<Confirmed> {
    try {
      return await this.#confirmed(this.#scripts.byName(script, name, args));
    } catch (error) {
      // Nothing has happened in this case alone. After any other error something may have: not for us to repeat.
      if (!isUnknownScript(error)) throw error;
      return await this.#confirmed(this.#scripts.byText(script, name, args));
    }
  }

  /** Sends `WAIT` right behind the script, so that both go over the same connection, in the same round trip. */
  #confirmed(answer: Promise<unknown>): Promise<Confirmed> {
    if (this.#wait === undefined) return answer.then((number) => confirmed(number, 0));
    const { waitReplicas, waitTimeoutMs } = this.#settings;
    return Promise.all([answer, this.#wait(waitReplicas, waitTimeoutMs)]).then(([number, replicas]) =>
      confirmed(number, replicas),
    );
  }
}

interface Confirmed {
  readonly answer: number;
  readonly replicas: number;
}

/** A client may be set to hand out integers as strings. */
function confirmed(answer: unknown, replicas: unknown): Confirmed {
  return { answer: Number(answer), replicas: Number(replicas) };
}

/** Redis takes whole milliseconds only. */
function wholeMs(ms: number): string {
  return String(Math.ceil(ms));
}

function leaseEndsByItself(): void {}

function unavailable(message: string): Error {
  return Object.assign(new Error(message), { code: "store_unavailable" });
}

function unsuitable(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "client_unsuitable" });
}
