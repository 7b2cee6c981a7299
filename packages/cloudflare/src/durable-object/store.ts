import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import {
  type CheckFinding,
  type Claim,
  ConfigurationError,
  type DedupKey,
  type Holder,
  type Inspection,
  inWords,
  type Settlement,
} from "@mintfax-webhooks/core/store";
import { claimFrom, forgettingFrom, inspectionFrom, settlementFrom } from "../answers.ts";
import { checkedLimits, type StoreLimits } from "../limits.ts";
import { withinTime } from "../within-time.ts";
import type { MintfaxDedupBinding, MintfaxDedupStub } from "./binding.ts";

/** Options of {@link createDurableObjectStore}. */
export interface DurableObjectStoreOptions extends StoreLimits {
  /** The binding of the class `MintfaxDedup`; `env.MINTFAX_DEDUP.jurisdiction("eu")` keeps the ids in the EU. */
  readonly binding: MintfaxDedupBinding;
}

/**
 * A dedup store in Durable Objects: one object for each id, near where its first delivery arrived. Every call is one request
 * to the object. Your Worker has to export the class `MintfaxDedup` of `@mintfax-webhooks/cloudflare/durable-object`.
 *
 * @throws {ConfigurationError} for a missing binding, or an option out of bounds
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
  const binding = options?.binding;
  if (typeof binding?.idFromName !== "function") {
    throw new ConfigurationError(
      "store_invalid",
      "binding is not a Durable Object namespace; expected a binding of MintfaxDedup. Is it in durable_objects.bindings of " +
        "wrangler.jsonc, for this environment too?",
    );
  }
  const { retentionMs, timeoutMs } = checkedLimits(options, "binding", "createDurableObjectStore");
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

  async claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return claimFrom(
      ASKED,
      await this.#ask(key, (object) => object.claim(owner, leaseMs, this.#retentionMs)),
    );
  }

  async renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return settlementFrom(
      ASKED,
      await this.#ask(key, (object) => object.renew(holder, leaseMs, this.#retentionMs)),
    );
  }

  async complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    return settlementFrom(
      ASKED,
      await this.#ask(key, (object) => object.complete(holder, this.#retentionMs)),
    );
  }

  async release(key: DedupKey, holder: Holder): Promise<Settlement> {
    return settlementFrom(ASKED, await this.#ask(key, (object) => object.release(holder, this.#retentionMs)));
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    return forgettingFrom(ASKED, await this.#ask(key, (object) => object.forget(this.#retentionMs)));
  }

  async inspect(key: DedupKey): Promise<Inspection> {
    return inspectionFrom(ASKED, await this.#ask(key, (object) => object.inspect()));
  }

  /** Looks at an object of no event, with one request. It writes nothing, so the object leaves nothing behind. */
  async check(): Promise<readonly CheckFinding[]> {
    const about = { code: "durable_object", level: "error" } as const;
    try {
      await this.inspect({ namespace: "mintfax-webhooks", id: "check" });
      return [{ ...about, ok: true, message: "The Durable Objects of MintfaxDedup answer." }];
    } catch (error) {
      return [{ ...about, ok: false, message: inWords(error) }];
    }
  }

  /** A new stub for every call: after an error, a stub answers every call with that error. */
  #object({ namespace, id }: DedupKey): MintfaxDedupStub {
    // An id has no space, so the last space ends the namespace.
    return this.#binding.get(this.#binding.idFromName(`${namespace} ${id}`));
  }

  #ask(key: DedupKey, call: (object: MintfaxDedupStub) => PromiseLike<unknown>): Promise<unknown> {
    return withinTime(ASKED, this.#timeoutMs, () => call(this.#object(key)));
  }
}

const ASKED = "The Durable Object of this id";
