import type { Claim, DedupKey, Forgetting, Holder, LeaseStore, Settlement } from "@mintfax-webhooks/core";
import { checkedLimits, type StoreLimits } from "../limits.ts";
import { withinTime } from "../within-time.ts";
import type { MintfaxDedupBinding, MintfaxDedupStub } from "./binding.ts";

/** Options of {@link createDurableObjectStore}. */
export interface DurableObjectStoreOptions extends StoreLimits {
  /** The binding of the class `MintfaxDedup`; `env.MINTFAX_DEDUP.jurisdiction("eu")` keeps the ids in the EU. */
  readonly binding: MintfaxDedupBinding;
}

/**
 * A dedup store in Durable Objects: one for each id, near where its first delivery arrived. Every call is one
 * request to the object. Your Worker has to export the class, see `MintfaxDedup` in
 * `@mintfax-webhooks/cloudflare/durable-object`.
 *
 * @throws {TypeError} where there is no binding
 * @throws {ConfigurationError} where an option is out of bounds
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks<{ Bindings: Env }>((c) => ({
 *   secret: c.env.MINTFAX_WEBHOOK_SECRET,
 *   store: createDurableObjectStore({ binding: c.env.MINTFAX_DEDUP }),
 * }));
 * ```
 */
export function createDurableObjectStore(options: DurableObjectStoreOptions): LeaseStore {
  const { binding } = options;
  if (typeof binding?.idFromName !== "function") {
    throw new TypeError(
      "binding is not a Durable Object namespace; is MintfaxDedup in durable_objects.bindings of wrangler.jsonc, " +
        "for this environment too?",
    );
  }
  const { retentionMs, timeoutMs } = checkedLimits(options);
  return new DurableObjectStore(binding, retentionMs, timeoutMs);
}

class DurableObjectStore implements LeaseStore {
  readonly kind = "lease";
  readonly #binding: MintfaxDedupBinding;
  readonly #retentionMs: number;
  readonly #timeoutMs: number;

  constructor(binding: MintfaxDedupBinding, retentionMs: number, timeoutMs: number) {
    this.#binding = binding;
    this.#retentionMs = retentionMs;
    this.#timeoutMs = timeoutMs;
  }

  claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return this.#answer(this.#object(key).claim(owner, leaseMs, this.#retentionMs));
  }

  renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return this.#answer(this.#object(key).renew(holder, leaseMs, this.#retentionMs));
  }

  complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#answer(this.#object(key).complete(holder, this.#retentionMs));
  }

  release(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#answer(this.#object(key).release(holder, this.#retentionMs));
  }

  forget(key: DedupKey): Promise<Forgetting> {
    return this.#answer(this.#object(key).forget(this.#retentionMs));
  }

  /** Anew for every call: after an error, a stub answers nothing but that error. */
  #object({ namespace, id }: DedupKey): MintfaxDedupStub {
    // An id holds no space, so the last one ends the namespace.
    return this.#binding.get(this.#binding.idFromName(`${namespace} ${id}`));
  }

  #answer<T>(answer: PromiseLike<T>): Promise<T> {
    return withinTime("The Durable Object of this id", this.#timeoutMs, answer);
  }
}
