import type { Script } from "./scripts.ts";

/** What the store needs of an `ioredis` client, 5 or later: `new Redis()`, or a `Cluster`. */
export interface IoredisClient {
  /** Runs a script that the server knows. */
  evalsha(sha1: string, keyCount: number, key: string, ...args: string[]): Promise<unknown>;
  /** Runs a script by its text. */
  eval(source: string, keyCount: number, key: string, ...args: string[]): Promise<unknown>;
}

/**
 * What the store needs of a `redis` (node-redis) client, 4 or later: a client, a pool or a cluster, connected by you.
 * A cluster from 5 on: that of 4 sends scripts to any node.
 */
export interface NodeRedisClient {
  /** Runs a script that the server knows. */
  evalSha(sha1: string, options: NodeRedisEvalOptions): Promise<unknown>;
  /** Runs a script by its text. */
  eval(source: string, options: NodeRedisEvalOptions): Promise<unknown>;
}

/** What node-redis hands to a script. */
export interface NodeRedisEvalOptions {
  keys: string[];
  arguments: string[];
}

/** Either client, of which the store needs little more than `EVALSHA` and `EVAL`. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** Runs a script on one key, by whichever client. */
export interface ScriptRunner {
  /** By its name; rejects with NOSCRIPT where this server has not seen it. */
  byName(script: Script, key: string, args: readonly string[]): Promise<unknown>;
  /** By its text; the server knows it from then on. */
  byText(script: Script, key: string, args: readonly string[]): Promise<unknown>;
}

/** @returns undefined for what is no client */
export function scriptRunner(client: RedisClient): ScriptRunner | undefined {
  if (typeof client !== "object" || client === null) return undefined;
  if ("evalsha" in client) {
    return {
      byName: ({ sha1 }, key, args) => client.evalsha(sha1, 1, key, ...args),
      byText: ({ source }, key, args) => client.eval(source, 1, key, ...args),
    };
  }
  if ("evalSha" in client) {
    return {
      byName: ({ sha1 }, key, args) => client.evalSha(sha1, { keys: [key], arguments: [...args] }),
      byText: ({ source }, key, args) => client.eval(source, { keys: [key], arguments: [...args] }),
    };
  }
  return undefined;
}

/** Whether a server does not know a script: it was restarted, or is another one than before. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}
