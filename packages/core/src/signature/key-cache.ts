import { type Keys, keysFrom, type Secrets } from "./keys.ts";
import { secretsIn } from "./secret.ts";

const MAX_KEPT = 100;

/** Keys of secrets that are known per request only. To prepare them costs more than to sign, so the latest are kept. */
export class KeyCache {
  /** By the secrets themselves, as they are given, so that a secret that was replaced is not found again. Latest last. */
  readonly #kept = new Map<string, CachedKeys>();

  /**
   * Changes nothing: the delivery is not authenticated yet, and a stranger must not choose what is kept.
   *
   * @throws {ConfigurationError} where a secret is missing or malformed
   */
  find(secrets: Secrets): CachedKeys {
    // What is kept was read before.
    const kept = this.#kept.get(secrets as string);
    if (kept !== undefined) return kept;
    const named = secretsIn(secrets, "secret");
    const texts = named.map(({ text }) => text);
    const name = typeof secrets === "string" ? secrets : texts.join(" ");
    return this.#kept.get(name) ?? new CachedKeys(this, name, texts, keysFrom(named));
  }

  keep(keys: CachedKeys): void {
    const { name } = keys;
    this.#kept.delete(name);
    if (this.#kept.size >= MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    this.#kept.set(name, keys);
  }
}

/** The keys of one delivery, to be kept once it is authentic. */
export class CachedKeys {
  readonly #cache: KeyCache;
  readonly name: string;
  readonly secrets: readonly string[];
  readonly keys: Keys;

  constructor(cache: KeyCache, name: string, secrets: readonly string[], keys: Keys) {
    this.#cache = cache;
    this.name = name;
    this.secrets = secrets;
    this.keys = keys;
  }

  keep(): void {
    this.#cache.keep(this);
  }
}
