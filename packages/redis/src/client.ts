import type { Script } from "./scripts.ts";

/** What the store needs of a client of `ioredis` 5.3 or later: `new Redis()`, or a `Cluster`. */
export interface IoredisClient {
  /** Runs a script that the server knows. */
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Runs a script by its text. */
  eval(source: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/**
 * What the store needs of a client of `redis` (node-redis) 4.6 or later: a client or a pool, connected by you; from version
 * 5 on also a cluster. That of version 4 sends scripts to any node.
 */
export interface NodeRedisClient {
  /** Runs a script that the server knows. */
  evalSha(sha1: string, options: NodeRedisEvalOptions): Promise<unknown>;
  /** Runs a script by its text. */
  eval(source: string, options: NodeRedisEvalOptions): Promise<unknown>;
}

/** The keys and arguments of a script, as node-redis takes them. */
export interface NodeRedisEvalOptions {
  keys: string[];
  arguments: string[];
}

/** A client of either library. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** Runs a script, with either client. */
export interface ScriptRunner {
  /** By its hash; rejects with NOSCRIPT where this server does not know it. */
  byName(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** By its text; the server knows its hash from then on. */
  byText(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
}

/** @returns undefined for a value that is not a client */
export function scriptRunner(client: RedisClient): ScriptRunner | undefined {
  if (typeof client !== "object" || client === null) return undefined;
  if ("evalsha" in client) {
    return {
      byName: ({ sha1 }, keys, args) => client.evalsha(sha1, keys.length, ...keys, ...args),
      byText: ({ source }, keys, args) => client.eval(source, keys.length, ...keys, ...args),
    };
  }
  if ("evalSha" in client) {
    return {
      byName: ({ sha1 }, keys, args) => client.evalSha(sha1, { keys: [...keys], arguments: [...args] }),
      byText: ({ source }, keys, args) => client.eval(source, { keys: [...keys], arguments: [...args] }),
    };
  }
  return undefined;
}

/** Whether the server does not know a script, because it was restarted or is another server than before. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}
