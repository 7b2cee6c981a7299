import {
  type DedupKey,
  type PendingClaim,
  StoreUnavailableError,
  withinLimit,
} from "@mintfax-webhooks/core/store";
import type { RedisClient } from "./client.ts";
import { storeErrorFrom } from "./errors.ts";
import { inspectionOf, rowFrom } from "./inspect.ts";
import { namespacePrefix } from "./key-name.ts";
import { type Node, nodesOf } from "./nodes.ts";
import type { Settings } from "./options.ts";

/** How many keys Redis looks at for one command. It serves others in between. */
const STEP = 1_000;

/** Looks at all keys of the database, in steps, on every primary of a cluster. */
export async function* pendingClaims(
  client: RedisClient,
  { keyPrefix, timeoutMs }: Settings,
  namespace: string | undefined,
): AsyncIterable<PendingClaim> {
  const ask = async (node: Node, ...words: string[]): Promise<unknown> => {
    try {
      return await withinLimit(node.send(words), timeoutMs, () => {
        return new StoreUnavailableError(`Redis has not answered ${words[0]} within ${timeoutMs} ms.`);
      });
    } catch (error) {
      throw storeErrorFrom(error);
    }
  };
  const start = namespace === undefined ? keyPrefix : namespacePrefix(keyPrefix, namespace);
  // SCAN may name a key twice.
  const seen = new Set<string>();
  for (const node of await nodesOf(client)) {
    let cursor = "0";
    do {
      const match = `${asPattern(node.keyPrefix + start)}*`;
      const [next, names] = listFrom(await ask(node, "SCAN", cursor, "MATCH", match, "COUNT", String(STEP)));
      cursor = textFrom(next);
      const keys = listFrom(names).map((name) => textFrom(name).slice(node.keyPrefix.length));
      if (keys.length === 0) continue;
      const nowMs = timeFrom(await ask(node, "TIME"));
      const rows = await valuesOf(node, keys, ask);
      for (const [at, name] of keys.entries()) {
        const claim = pendingFrom(name.slice(keyPrefix.length), rows[at], nowMs);
        if (claim === undefined || seen.has(name)) continue;
        seen.add(name);
        yield claim;
      }
    } while (cursor !== "0");
  }
}

/** One by one in a cluster, where the keys are in several slots. A key with another type of value has none. */
async function valuesOf(
  node: Node,
  keys: readonly string[],
  ask: (node: Node, ...words: string[]) => Promise<unknown>,
): Promise<readonly unknown[]> {
  if (!node.isOfCluster) return listFrom(await ask(node, "MGET", ...keys));
  return Promise.all(keys.map((key) => ask(node, "GET", key).catch(noneIfOfAnotherType)));
}

function noneIfOfAnotherType(error: unknown): undefined {
  const { cause } = error as Error;
  if (cause instanceof Error && cause.message.startsWith("WRONGTYPE")) return undefined;
  throw error;
}

/** @returns undefined for a key that is not pending, or not of a dedup store */
function pendingFrom(name: string, value: unknown, nowMs: number): PendingClaim | undefined {
  const row = value === null || value === undefined ? undefined : rowFrom(textFrom(value));
  const key = row?.state === "P" ? keyFrom(name) : undefined;
  if (row === undefined || key === undefined) return undefined;
  const { state, ...seen } = inspectionOf(row, nowMs, 0) as Extract<
    ReturnType<typeof inspectionOf>,
    { readonly state: "pending" }
  >;
  return { key, ...seen };
}

function keyFrom(name: string): DedupKey | undefined {
  const end = name.indexOf(":");
  if (end <= 0) return undefined;
  try {
    return { namespace: decodeURIComponent(name.slice(0, end)), id: name.slice(end + 1) };
  } catch {
    return undefined;
  }
}

/** A text that MATCH takes literally. */
function asPattern(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, "\\$&");
}

function listFrom(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new StoreUnavailableError(
    `Redis has answered with a value of type ${typeof answer}; expected a list.`,
  );
}

/** A client may be set to return buffers or numbers. */
function textFrom(answer: unknown): string {
  return answer instanceof Uint8Array ? new TextDecoder().decode(answer) : String(answer);
}

function timeFrom(answer: unknown): number {
  const [seconds, micros] = listFrom(answer).map((part) => Number(textFrom(part)));
  const nowMs = Math.floor(Number(seconds) * 1_000 + Number(micros) / 1_000);
  if (Number.isSafeInteger(nowMs)) return nowMs;
  throw new StoreUnavailableError("Redis has answered TIME with what is not a time.");
}
