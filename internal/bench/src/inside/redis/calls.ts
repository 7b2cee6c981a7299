import type { RedisClient } from "@mintfax-webhooks/redis";
import type { Redis } from "ioredis";
import type { RedisClientType } from "redis";

export type RedisName = "ioredis" | "ioredis, pipelined" | "node-redis";

/** A call of a client's method, and what it resolved to. */
export interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
  answer?: unknown;
}

/** A script of the store as it was called. */
export interface ScriptCall {
  readonly sha1: string;
  readonly args: readonly string[];
}

/** A client that notes each method that is called. */
export function recording(client: RedisClient, calls: Call[]): RedisClient {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const call: Call = { method: String(name), args };
        calls.push(call);
        const answer = value.apply(target, args) as unknown;
        // Its caller hears of a rejection.
        const note = (resolved: unknown): void => {
          call.answer = resolved;
        };
        void Promise.resolve(answer).then(note, note);
        return answer;
      };
    },
  });
}

/** Runs a script by its name, with nothing around the client's own method. */
export function plainCalls(
  name: RedisName,
  client: RedisClient,
): (sha1: string, key: string, args: readonly string[]) => Promise<unknown> {
  if (name !== "node-redis") {
    const redis = client as unknown as Redis;
    return (sha1, key, args) => redis.evalsha(sha1, 1, key, ...args);
  }
  const redis = client as unknown as RedisClientType;
  return (sha1, key, args) => redis.evalSha(sha1, { keys: [key], arguments: [...args] });
}

/**
 * The claim and the completion of one delivery, to be played again on other keys.
 *
 * @throws {Error} where the delivery made other calls than these two
 */
export function sampleCalls(calls: readonly Call[]): {
  readonly claim: ScriptCall;
  readonly complete: ScriptCall & { readonly fence: string };
} {
  const [claim, complete, ...more] = calls;
  if (claim === undefined || complete === undefined || more.length > 0) {
    throw new Error(`a delivery made ${calls.length} calls; the bench knows how to play two again`);
  }
  return { claim: scriptCall(claim), complete: { ...scriptCall(complete), fence: String(claim.answer) } };
}

function scriptCall({ args: [sha1, ...rest] }: Call): ScriptCall {
  const [options] = rest;
  // ioredis: the number of keys, the key, arguments; node-redis: one object.
  const args = typeof options === "object" ? (options as { arguments: string[] }).arguments : rest.slice(2);
  return { sha1: String(sha1), args: args as string[] };
}
