import type { LeaseStore } from "@mintfax-webhooks/core";

type Call = Exclude<keyof LeaseStore, "kind">;

/** A store behind a connection that a test can cut or stall, call by call. It counts the calls that were tried. */
export class BrokenStore implements LeaseStore {
  readonly kind = "lease";
  readonly calls: Call[] = [];
  readonly #inner: LeaseStore;
  readonly #faults = new Map<Call, () => Promise<unknown> | undefined>();

  constructor(inner: LeaseStore) {
    this.#inner = inner;
  }

  /** Makes a call fail, or wait for what `fault` returns before it goes through. */
  break(call: Call, fault: () => Promise<unknown> | undefined): void {
    this.#faults.set(call, fault);
  }

  cut(...calls: Call[]): void {
    for (const call of calls) {
      this.break(call, () => {
        throw new Error("connect ECONNREFUSED");
      });
    }
  }

  mend(): void {
    this.#faults.clear();
  }

  claim: LeaseStore["claim"] = (...args) => this.#through("claim", () => this.#inner.claim(...args));
  renew: LeaseStore["renew"] = (...args) => this.#through("renew", () => this.#inner.renew(...args));
  complete: LeaseStore["complete"] = (...args) =>
    this.#through("complete", () => this.#inner.complete(...args));
  release: LeaseStore["release"] = (...args) => this.#through("release", () => this.#inner.release(...args));
  forget: LeaseStore["forget"] = (...args) => this.#through("forget", () => this.#inner.forget(...args));
  inspect: LeaseStore["inspect"] = (...args) => this.#through("inspect", () => this.#inner.inspect(...args));

  async #through<T>(call: Call, pass: () => T): Promise<Awaited<T>> {
    this.calls.push(call);
    await this.#faults.get(call)?.();
    return await pass();
  }
}
