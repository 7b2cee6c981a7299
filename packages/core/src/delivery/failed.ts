import { BodyError } from "../errors.ts";
import { isInstance } from "../foreign.ts";
import type { IncomingDelivery } from "../incoming.ts";
import { type Ending, endingOf } from "../outcome/ending.ts";
import { mistakeIn } from "../outcome/endings.ts";
import type { CachedKeys } from "../signature/key-cache.ts";
import type { KeyResolver } from "../signature/resolver.ts";

/** Thrown where the function that finds the secrets failed, with what it threw. */
class SecretUnavailable {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

/** The keys of a delivery whose secrets are known per request only. */
export async function keysOf<Platform>(
  incoming: IncomingDelivery<Platform>,
  leftMs: number,
  resolver: KeyResolver<Platform>,
): Promise<CachedKeys> {
  try {
    return await resolver.keysFor(incoming, leftMs);
  } catch (error) {
    throw new SecretUnavailable(error);
  }
}

/** How a delivery ends where something was thrown on its way: our own, or the body's. Never throws. */
export function endingOfFailure(error: unknown): Ending {
  if (isInstance(error, SecretUnavailable)) {
    const message = `This server could not find its signing secret${mistakeIn(error.cause)}; see its log.`;
    return endingOf("secret_unavailable", message, error.cause);
  }
  try {
    if (isInstance(error, BodyError)) return endingOf(error.code, error.message, error.cause);
  } catch {
    // An adapter has thrown it with a code that there is not.
  }
  return endingOf("internal_error", "An internal error occurred in this server; see its log.", error);
}
