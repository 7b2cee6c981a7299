import { MintfaxWebhookError } from "@mintfax-webhooks/core/store";
import { QueueMisconfiguredError, QueueUnavailableError } from "../errors.ts";

/** Answers of Redis that last until a person changes something, and what to change. */
const MISCONFIGURED: readonly (readonly [RegExp, string])[] = [
  [
    /NOAUTH|WRONGPASS|invalid password|Client sent AUTH|AUTH <password>/,
    "Redis refused the user name and password of the queue's connection, or got none. Set them in the Queue's connection.",
  ],
  [
    /NOPERM|user executing the script|ACL failure in script/,
    "The Redis user of the queue's connection lacks a permission. Grant it with ACL SETUSER: all that BullMQ needs, on the keys that start with the Queue's prefix.",
  ],
  [
    /^DENIED/,
    "Redis runs in protected mode and accepts connections from its own machine only. Set requirepass and bind on the server.",
  ],
  [
    /CROSSSLOT/,
    'Redis is a cluster, and the queue\'s keys lie in several of its slots. Give the Queue and the Worker a prefix in braces: prefix: "{mintfax}".',
  ],
  [
    /WRONGTYPE/,
    "A key of the queue holds a value that BullMQ did not write. Choose another prefix or another name for the Queue and the Worker.",
  ],
];

/** Answers of Redis that can pass without a person. */
const UNAVAILABLE: readonly (readonly [RegExp, string])[] = [
  [/READONLY/, "Redis is a replica (READONLY), so it stores nothing"],
  [/OOM/, "Redis is full (OOM): its maxmemory is used up"],
  [/MISCONF/, "Redis cannot write to its disk (MISCONF), so it stores nothing"],
  [/LOADING/, "Redis is still loading its data (LOADING)"],
  [/CLUSTERDOWN/, "The Redis cluster is down (CLUSTERDOWN)"],
  [/NOREPLICAS/, "Redis has too few replicas (NOREPLICAS) for its min-replicas-to-write"],
  [/^(Connection is closed|Stream isn't writeable)/, "The connection to Redis is closed"],
  [/^Reached the max retries/, "Redis was unreachable for as long as maxRetriesPerRequest allows"],
  [/^Command timed out/, "Redis did not answer within commandTimeout"],
];

/**
 * Says what has happened in words of its own: errors of Redis and of its clients can quote the arguments of a command, and
 * with them a message's body.
 */
export function queueErrorFrom(error: unknown): MintfaxWebhookError {
  if (error instanceof MintfaxWebhookError) return error;
  const text = textOf(error, "message");
  const fix = MISCONFIGURED.find(([pattern]) => pattern.test(text))?.[1];
  if (fix !== undefined) return new QueueMisconfiguredError(fix);
  const why = UNAVAILABLE.find(([pattern]) => pattern.test(text))?.[1] ?? networkErrorOf(error);
  return new QueueUnavailableError(`${why ?? "BullMQ's call to Redis failed"}.`);
}

function networkErrorOf(error: unknown): string | undefined {
  const code = textOf(error, "code");
  if (!/^E[A-Z]{3,20}$/.test(code)) return undefined;
  const [address, port] = [textOf(error, "address"), textOf(error, "port")];
  return `Redis${address === "" ? "" : ` at ${address}:${port}`} cannot be reached (${code})`;
}

/** A client may reject with any value, and a getter of it may throw. */
function textOf(error: unknown, member: "message" | "code" | "address" | "port"): string {
  try {
    return String((error as Readonly<Record<string, unknown>> | null | undefined)?.[member] ?? "");
  } catch {
    return "";
  }
}
