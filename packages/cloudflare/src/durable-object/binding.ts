import type { Claim, Forgetting, Holder, Settlement } from "@mintfax-webhooks/core";

/** One object, as it is called from elsewhere: the public methods of `MintfaxDedup`. */
export interface MintfaxDedupStub {
  claim(owner: string, leaseMs: number, retentionMs: number): PromiseLike<Claim>;
  renew(holder: Holder, leaseMs: number, retentionMs: number): PromiseLike<Settlement>;
  complete(holder: Holder, retentionMs: number): PromiseLike<Settlement>;
  release(holder: Holder, retentionMs: number): PromiseLike<Settlement>;
  forget(retentionMs: number): PromiseLike<Forgetting>;
}

/** `DurableObjectNamespace<MintfaxDedup>`, as far as it is needed: the binding in your Worker's `env`. */
export interface MintfaxDedupBinding {
  idFromName(name: string): object;
  get(id: object): MintfaxDedupStub;
}
