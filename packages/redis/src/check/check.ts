import { type CheckFinding, inWords, StoreUnavailableError, withinLimit } from "@mintfax-webhooks/core/store";
import type { RedisClient, ScriptRunner } from "../client.ts";
import { connectionOf } from "../connection.ts";
import { storeErrorFrom } from "../errors.ts";
import type { Settings } from "../options.ts";
import { factsFrom, LOOK } from "./facts.ts";
import { findingsFrom } from "./findings.ts";

const REACHED = {
  code: "redis_reachable",
  level: "error",
  ok: true,
  message: "Redis answers the store's scripts.",
} as const;

/** What is asked. */
export interface Checked {
  readonly client: RedisClient;
  readonly scripts: ScriptRunner;
  readonly settings: Settings;
}

/** One script, and `CONFIG GET` where the append-only file is on. Never rejects. */
export async function checkRedis(checked: Checked): Promise<readonly CheckFinding[]> {
  const { timeoutMs } = checked.settings;
  try {
    return await withinLimit(
      look(checked),
      timeoutMs,
      () => new StoreUnavailableError(`Redis has not answered within ${timeoutMs} ms.`),
    );
  } catch (error) {
    const message = inWords(storeErrorFrom(error));
    return [
      /\bNOPERM\b|ACL failure/.test(message) ? { ...DENIED, message } : { ...REACHED, ok: false, message },
    ];
  }
}

const DENIED = { code: "redis_permissions", level: "error", ok: false } as const;

async function look({ client, scripts, settings }: Checked): Promise<readonly CheckFinding[]> {
  const { keyPrefix, waitReplicas, timeoutMs } = settings;
  const connection = connectionOf(client);
  // A client queues commands until it has a connection.
  if (!connection.isReady && !(await connection.readyWithin(timeoutMs))) {
    throw connection.lastError ?? new StoreUnavailableError("The client of Redis is not connected.");
  }
  const askedMs = Date.now();
  const facts = factsFrom(await scripts.byText(LOOK, [`${keyPrefix}check`], [String(waitReplicas)]));
  const answeredMs = Date.now();
  if (facts === undefined)
    throw new StoreUnavailableError("Redis has answered a script with something else than its result.");
  const appendfsync = facts.info.get("aof_enabled") === "1" ? await appendfsyncOf(client) : undefined;
  const isClusterClient = "nodes" in client || "masters" in client;
  return [
    REACHED,
    ...findingsFrom(facts, { askedMs, answeredMs, keyPrefix, waitReplicas, isClusterClient, appendfsync }),
  ];
}

/** A client of either library that can ask for a setting. Managed servers often refuse. */
interface Configurable {
  config?(get: "GET", name: string): Promise<unknown>;
  configGet?(name: string): Promise<unknown>;
}

async function appendfsyncOf(client: RedisClient): Promise<string | undefined> {
  const name = "appendfsync";
  const { config, configGet } = client as Configurable;
  try {
    const answer = await ("evalsha" in client
      ? config?.call(client, "GET", name)
      : configGet?.call(client, name));
    const value = Array.isArray(answer) ? answer[1] : (answer as Record<string, unknown> | undefined)?.[name];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
