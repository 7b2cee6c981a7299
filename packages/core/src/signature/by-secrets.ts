import type { Secrets } from "./keys.ts";

const MAX_KEPT = 100;

/** Things that belong to secrets which are known per request only: made once, the latest hundred are kept. */
export class BySecrets<T> {
  readonly #make: (secrets: Secrets) => T;
  /** By the secrets themselves, so what belongs to one that was rotated away is not found again. Latest last. */
  readonly #kept = new Map<string, T>();

  constructor(make: (secrets: Secrets) => T) {
    this.#make = make;
  }

  /** @param secrets undefined where there are none: never somebody else's from an environment variable instead */
  get(secrets: Secrets = []): T {
    const name = JSON.stringify(secrets);
    let thing = this.#kept.get(name);
    if (thing === undefined) {
      thing = this.#make(secrets);
      if (this.#kept.size >= MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    } else {
      this.#kept.delete(name);
    }
    this.#kept.set(name, thing);
    return thing;
  }
}
