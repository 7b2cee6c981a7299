import { createMemoryStore } from "./dedup/memory-store.ts";
import { type OptionsResolver, type Settings, settingsFrom } from "./options.ts";
import { BySecrets } from "./signature/by-secrets.ts";
import { keysFrom } from "./signature/keys.ts";
import { KeyResolver } from "./signature/resolver.ts";

/**
 * Settings from options that are known per request only. Nothing but the options says which requests belong together:
 * some platforms make new bindings for every request, and one set of bindings may serve several tenants. So the options
 * are asked for every time, and what has to last goes by their secrets: prepared keys, and the default store, without
 * which nothing would be a duplicate.
 */
export class SettingsResolver<Platform, Tx> {
  readonly #resolve: OptionsResolver<Platform, Tx>;
  readonly #keys = new BySecrets(keysFrom);
  readonly #stores = new BySecrets(() => createMemoryStore());

  constructor(resolve: OptionsResolver<Platform, Tx>) {
    this.#resolve = resolve;
  }

  async settingsFor(platform: Platform): Promise<Settings<Platform, Tx>> {
    const options = await this.#resolve(platform);
    const secret = () => options.secret;
    const store = options.store ?? this.#stores.get(options.secret);
    return {
      ...settingsFrom<Platform, Tx>({ ...options, secret, store }),
      keys: new KeyResolver(secret, this.#keys),
    };
  }
}
