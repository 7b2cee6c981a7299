import {
  MintfaxWebhookError,
  StoreMisconfiguredError,
  StoreUnavailableError,
} from "@mintfax-webhooks/core/store";

/** Answers of Redis that stay the same until a person changes something, and what to change. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /^NOAUTH|^WRONGPASS|invalid password|^ERR (Client sent AUTH|AUTH <password>)/,
    "Redis has not accepted the client's user name and password, or has got none. Set them in the client's options or its URL.",
  ],
  [
    /^NOPERM|user executing the script|ACL failure in script/,
    "Redis lacks a permission for the client's user. Grant it with ACL SETUSER: the commands EVALSHA, EVAL, GET, SET and TIME " +
      "(WAIT too, if waitReplicas is set), and the keys that start with the store's keyPrefix.",
  ],
  [
    /^DENIED/,
    "Redis runs in protected mode and takes connections from its own machine only. Set a password and bind on the server.",
  ],
  [
    /unknown command/i,
    "This server does not know a command that the store needs (EVALSHA, EVAL, GET, SET, TIME; WAIT, if waitReplicas is set): " +
      "it is a proxy, or the command was renamed. Connect to Redis 5 or later, or to Valkey.",
  ],
  [
    /^WRONGTYPE|does not hold a row/,
    "A key of this store holds something else. Choose a keyPrefix that no other application uses in this database.",
  ],
  [
    /^CROSSSLOT/,
    "The server takes the one key of a script for several. Connect to the cluster with a cluster client, and check its keyPrefix.",
  ],
];

/** What a client has rejected with, as an error of a store. */
export function storeErrorFrom(error: unknown): MintfaxWebhookError {
  if (error instanceof MintfaxWebhookError) return error;
  const said = messageOf(error);
  return (
    misconfigured(error) ?? new StoreUnavailableError(`Redis could not be asked: ${said}`, { cause: error })
  );
}

/** @returns undefined for what can pass by itself: READONLY, MOVED, CLUSTERDOWN, LOADING, BUSY, OOM, a broken connection */
export function misconfigured(error: unknown): StoreMisconfiguredError | undefined {
  const said = messageOf(error);
  const fix = FIXES.find(([pattern]) => pattern.test(said))?.[1];
  return fix === undefined
    ? undefined
    : new StoreMisconfiguredError(`${fix} Redis says: ${said}`, { cause: error });
}

/** Redis repeats the arguments of a command that it does not know. */
const MESSAGE_LIMIT = 200;

/** What a client rejects with is foreign: any value, with getters that may throw. */
export function messageOf(error: unknown): string {
  try {
    const said = String((error as { readonly message?: unknown } | null | undefined)?.message ?? error);
    return said.slice(0, MESSAGE_LIMIT);
  } catch {
    return "an error that cannot be read";
  }
}
