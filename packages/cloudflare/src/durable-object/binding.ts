import type { Forgetting } from "@mintfax-webhooks/core";
import type { Claim, Holder, Settlement } from "@mintfax-webhooks/core/store";

/** One object, as it is called from elsewhere: the public methods of `MintfaxDedup`. */
export interface MintfaxDedupStub {
  /** As in `LeaseStore`; `retentionMs` counts from now, in milliseconds, here and below. */
  claim(owner: string, leaseMs: number, retentionMs: number): PromiseLike<Claim>;
  /** As in `LeaseStore`. */
  renew(holder: Holder, leaseMs: number, retentionMs: number): PromiseLike<Settlement>;
  /** As in `LeaseStore`. */
  complete(holder: Holder, retentionMs: number): PromiseLike<Settlement>;
  /** As in `LeaseStore`. */
  release(holder: Holder, retentionMs: number): PromiseLike<Settlement>;
  /** As in `LeaseStore`. */
  forget(retentionMs: number): PromiseLike<Forgetting>;
}

/** `DurableObjectNamespace<MintfaxDedup>`, as far as it is needed: the binding in your Worker's `env`. */
export interface MintfaxDedupBinding {
  /** The id of the object that belongs to a name. */
  idFromName(name: string): object;
  /** A stub to call that object by. */
  get(id: object): MintfaxDedupStub;
}
