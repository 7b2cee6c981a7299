import type { IncomingDelivery } from "../delivery/incoming.ts";
import type { SecretResolver } from "../options.ts";
import { type Keys, keysFrom, type Secrets } from "./keys.ts";

const MAX_CACHED = 100;

/** Keys of secrets that are known per request only. Preparing a key costs more than signing, so they are kept. */
export class KeyResolver<Platform> {
  readonly #resolve: SecretResolver<Platform>;
  /** By the secrets themselves: one that was rotated away is not found again. */
  readonly #cache = new Map<string, Keys>();

  constructor(resolve: SecretResolver<Platform>) {
    this.#resolve = resolve;
  }

  async keysFor(delivery: IncomingDelivery<Platform>): Promise<Keys> {
    const secrets: Secrets | undefined = await this.#resolve(delivery);
    // Not left to the environment variable: a tenant without a secret must not be verified with somebody else's.
    const name = JSON.stringify(secrets ?? []);
    let keys = this.#cache.get(name);
    if (keys === undefined) {
      keys = keysFrom(secrets ?? []);
      if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
      this.#cache.set(name, keys);
    }
    return keys;
  }
}
