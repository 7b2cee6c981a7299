import type { Forgetting } from "@mintfax-webhooks/core";
import type { Claim, Holder, Inspection, Settlement } from "@mintfax-webhooks/core/store";

/** What the store calls on one object: the public methods of `MintfaxDedup`. */
export interface MintfaxDedupStub {
  /** As in `LeaseStore`. `retentionMs` counts from now, in milliseconds, here and below. */
  claim(owner: string, leaseMs: number, retentionMs: number): PromiseLike<Claim>;
  /** As in `LeaseStore`. */
  renew(holder: Holder, leaseMs: number, retentionMs: number): PromiseLike<Settlement>;
  /** As in `LeaseStore`. */
  complete(holder: Holder, retentionMs: number): PromiseLike<Settlement>;
  /** As in `LeaseStore`. */
  release(holder: Holder, retentionMs: number): PromiseLike<Settlement>;
  /** As in `LeaseStore`. */
  forget(retentionMs: number): PromiseLike<Forgetting>;
  /** As in `LeaseStore`. */
  inspect(): PromiseLike<Inspection>;
}

/** What this package needs of a `DurableObjectNamespace<MintfaxDedup>`, the binding in your Worker's `env`. */
export interface MintfaxDedupBinding {
  /** The id of the object for a name. */
  idFromName(name: string): object;
  /** A stub of that object. */
  get(id: object): MintfaxDedupStub;
}
