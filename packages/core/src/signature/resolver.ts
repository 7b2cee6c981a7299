import { MintfaxWebhookError } from "../errors.ts";
import type { IncomingDelivery } from "../incoming.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import { withinLimit } from "../time-limit.ts";
import { type CachedKeys, KeyCache } from "./key-cache.ts";
import type { Secrets } from "./keys.ts";

/**
 * Finds the secrets of one delivery, where they are known per request only: several tenants, or Cloudflare's `env`.
 * What it is given is not authenticated yet. If it throws, or has not answered after 5 s, the delivery is answered with
 * 503.
 */
export type SecretResolver<Platform> = (
  delivery: Pick<IncomingDelivery<Platform>, "header" | "platform">,
) => MaybePromise<Secrets>;

/** As for a store: the sender waits 30 s for everything together. */
const RESOLVER_TIMEOUT_MS = 5_000;

/** Keys of secrets that are known per request only. */
export class KeyResolver<Platform> {
  readonly #resolve: SecretResolver<Platform>;
  readonly #cache = new KeyCache();

  constructor(resolve: SecretResolver<Platform>) {
    this.#resolve = resolve;
  }

  /** @param leftMs how long there is use for them */
  async keysFor(delivery: IncomingDelivery<Platform>, leftMs: number): Promise<CachedKeys> {
    // People take `header` out of it, and then it has no delivery to be called on.
    const header = (name: string) => delivery.header(name);
    const secrets = this.#resolve({ header, platform: delivery.platform });
    return this.#cache.find(
      isPromiseLike(secrets) ? await resolvedInTime(secrets, "secret", leftMs) : secrets,
    );
  }
}

/** Waits for a function of the user's that finds secrets or options. @param what the option that it is */
export function resolvedInTime<T>(
  found: PromiseLike<T>,
  what: string,
  leftMs: number = RESOLVER_TIMEOUT_MS,
): Promise<T> {
  return withinLimit(
    found,
    Math.max(1, Math.min(leftMs, RESOLVER_TIMEOUT_MS)),
    (limitMs) =>
      new MintfaxWebhookError(
        "resolver_timeout",
        `The function given as ${what} has not answered within ${Math.round(limitMs)} ms.`,
      ),
  );
}
