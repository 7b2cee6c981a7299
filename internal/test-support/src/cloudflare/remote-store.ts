import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import type {
  CheckFinding,
  Claim,
  DedupKey,
  Holder,
  Inspection,
  Settlement,
} from "@mintfax-webhooks/core/store";
import type { StoreName } from "./worker/stores.ts";
import type { Workerd } from "./workerd.ts";

/** A store in workerd, called from a test. */
export class RemoteStore implements LeaseStore {
  readonly kind = "lease";
  readonly #workerd: Workerd;
  readonly #store: StoreName;

  constructor(workerd: Workerd, store: StoreName) {
    this.#workerd = workerd;
    this.#store = store;
  }

  claim(...args: [DedupKey, string, number]): Promise<Claim> {
    return this.#call("claim", args) as Promise<Claim>;
  }

  renew(...args: [DedupKey, Holder, number]): Promise<Settlement> {
    return this.#call("renew", args) as Promise<Settlement>;
  }

  complete(...args: [DedupKey, Holder]): Promise<Settlement> {
    return this.#call("complete", args) as Promise<Settlement>;
  }

  release(...args: [DedupKey, Holder]): Promise<Settlement> {
    return this.#call("release", args) as Promise<Settlement>;
  }

  forget(...args: [DedupKey]): Promise<Forgetting> {
    return this.#call("forget", args) as Promise<Forgetting>;
  }

  inspect(...args: [DedupKey]): Promise<Inspection> {
    return this.#call("inspect", args) as Promise<Inspection>;
  }

  check(): Promise<readonly CheckFinding[]> {
    return this.#call("check", []) as Promise<readonly CheckFinding[]>;
  }

  #call(method: string, args: unknown[]): Promise<unknown> {
    return this.#workerd.do({ do: "call a store", store: this.#store, method, args });
  }
}
