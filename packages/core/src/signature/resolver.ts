import type { IncomingDelivery } from "../delivery/incoming.ts";
import type { SecretResolver } from "../options.ts";
import { BySecrets } from "./by-secrets.ts";
import { type Keys, keysFrom } from "./keys.ts";

/** Keys of secrets that are known per request only. Preparing a key costs more than signing, so they are kept. */
export class KeyResolver<Platform> {
  readonly #resolve: SecretResolver<Platform>;
  readonly #keys: BySecrets<Keys>;

  constructor(resolve: SecretResolver<Platform>, keys: BySecrets<Keys> = new BySecrets(keysFrom)) {
    this.#resolve = resolve;
    this.#keys = keys;
  }

  async keysFor(delivery: IncomingDelivery<Platform>): Promise<Keys> {
    // People take `header` out of it, and then it has no delivery to be called on.
    const header = (name: string) => delivery.header(name);
    return this.#keys.get(await this.#resolve({ header, platform: delivery.platform }));
  }
}
