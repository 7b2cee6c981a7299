import {
  MintfaxWebhookError,
  StoreMisconfiguredError,
  StoreUnavailableError,
} from "@mintfax-webhooks/core/store";

/** Errors of Redis that last until a person changes something, and what to change. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /^NOAUTH|^WRONGPASS|invalid password|^ERR (Client sent AUTH|AUTH <password>)/,
    "Redis refused the client's user name and password, or got none. Set them in the client's options or its URL.",
  ],
  [
    /^NOPERM|user executing the script|ACL failure in script/,
    "The client's Redis user lacks a permission. Grant it with ACL SETUSER: the commands EVALSHA, EVAL, GET, SET and TIME " +
      "(WAIT too, if waitReplicas is set; PTTL for `inspect`), and the keys that start with the store's keyPrefix.",
  ],
  [
    /^DENIED/,
    "Redis runs in protected mode and accepts connections from its own machine only. Set requirepass and bind on the server.",
  ],
  [
    /unknown command/i,
    "The server does not know a command that the store needs (EVALSHA, EVAL, GET, SET, TIME; WAIT, if waitReplicas is set): it " +
      "is a proxy, or the command was renamed. Connect to Redis 5 or later, or to Valkey.",
  ],
  [
    /^WRONGTYPE|does not hold a row/,
    "A key of this store holds a value that the store did not write. Choose a keyPrefix that no other application uses in this database.",
  ],
  [
    /^CROSSSLOT/,
    "The cluster puts the one key of a script into several slots. Connect with a cluster client, and check its keyPrefix.",
  ],
];

/** Makes an error of a store from what a client rejected with. */
export function storeErrorFrom(error: unknown): MintfaxWebhookError {
  if (error instanceof MintfaxWebhookError) return error;
  const said = messageOf(error);
  return (
    misconfigured(error) ?? new StoreUnavailableError(`The call to Redis failed: ${said}`, { cause: error })
  );
}

/** @returns undefined for an error that can pass without a person: READONLY, MOVED, CLUSTERDOWN, LOADING, BUSY, OOM, a broken connection */
export function misconfigured(error: unknown): StoreMisconfiguredError | undefined {
  const said = messageOf(error);
  const fix = FIXES.find(([pattern]) => pattern.test(said))?.[1];
  return fix === undefined
    ? undefined
    : new StoreMisconfiguredError(`${fix} Redis says: ${said}`, { cause: error });
}

/**
 * An error with which a script answered one of its keys.
 *
 * @param text before Redis 7, with the line of the script before it: `@user_script: 12: -READONLY ...`
 */
export function scriptErrorFrom(text: string | Uint8Array): Error {
  return new Error(
    String(text)
      .trim()
      .replace(/^@user_script: \d+: -?/, ""),
  );
}

/** Whether Redis has refused a script for its keys before it ran. It may run on some of them. */
export function isRefusedForKeys(error: unknown): boolean {
  return isCrossSlot(error) || messageOf(error).startsWith("NOPERM");
}

/** Whether the keys of one script belong to several servers. */
export function isCrossSlot(error: unknown): boolean {
  return messageOf(error).startsWith("CROSSSLOT");
}

/** Redis quotes the arguments of a command that it does not know. */
const MESSAGE_LIMIT = 200;

/** A client may reject with any value, and a getter of it may throw. */
export function messageOf(error: unknown): string {
  try {
    const said = String((error as { readonly message?: unknown } | null | undefined)?.message ?? error);
    return said.slice(0, MESSAGE_LIMIT);
  } catch {
    return "an error without a readable message";
  }
}
