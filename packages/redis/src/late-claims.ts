import type { DedupKey } from "@mintfax-webhooks/core/store";

/** What becomes of a call, beside the answer that its caller gets. */
export interface Watch {
  sent(): void;
  /** Its caller was told that the store is unreachable, and it will not be sent. */
  dropped(): void;
  /**
   * It was answered, or has failed.
   *
   * @param isUnheard its caller was told that the store is unreachable
   */
  ended(isUnheard: boolean, answer?: number): void;
}

/** Releases a claim that no caller will settle. */
export type GiveBack = (key: DedupKey, owner: string, fence: number) => void;

/**
 * Gives back the claims that came through although their callers were told that the store is unreachable: they will not
 * settle them. An owner that claims again takes over its earlier claim.
 */
export class LateClaims {
  readonly giveBack: GiveBack;
  /** The newest claim of each key by each owner, until it has ended. */
  readonly newest: Map<string, WatchedClaim> = new Map();

  constructor(giveBack: GiveBack) {
    this.giveBack = giveBack;
  }

  watch(key: DedupKey, owner: string): Watch {
    return new WatchedClaim(this, key, owner);
  }
}

class WatchedClaim implements Watch {
  readonly #claims: LateClaims;
  readonly #key: DedupKey;
  readonly #owner: string;
  readonly #name: string;
  /** Of the same key by the same owner, as long as this one does not stand for it. */
  #earlier: WatchedClaim | undefined;
  #hasEnded = false;
  /** A newer claim was sent, whose answer counts instead. */
  #isTakenOver = false;
  /** What is to be given back if this claim is never sent. */
  #earlierFence: number | undefined;

  constructor(claims: LateClaims, key: DedupKey, owner: string) {
    this.#claims = claims;
    this.#key = key;
    this.#owner = owner;
    this.#name = `${key.id} ${owner} ${key.namespace}`;
    this.#earlier = claims.newest.get(this.#name);
    claims.newest.set(this.#name, this);
  }

  sent(): void {
    for (let earlier = this.#earlier; earlier !== undefined; earlier = earlier.#earlier) {
      earlier.#isTakenOver = true;
    }
    this.#earlier = undefined;
    this.#earlierFence = undefined;
  }

  dropped(): void {
    this.#end();
    if (this.#earlierFence !== undefined) this.#giveBackUnlessRepeated(this.#earlierFence);
  }

  ended(isUnheard: boolean, answer: number = 0): void {
    this.#end();
    if (isUnheard && answer > 0) this.#giveBackUnlessRepeated(answer);
  }

  #end(): void {
    this.#hasEnded = true;
    const { newest } = this.#claims;
    if (newest.get(this.#name) !== this) return;
    if (this.#earlier === undefined || this.#earlier.#hasEnded) newest.delete(this.#name);
    else newest.set(this.#name, this.#earlier);
  }

  #giveBackUnlessRepeated(fence: number): void {
    if (this.#isTakenOver) return;
    const newest = this.#claims.newest.get(this.#name);
    // The newer one is still to be sent.
    if (newest !== undefined && newest !== this) newest.#earlierFence = fence;
    else this.#claims.giveBack(this.#key, this.#owner, fence);
  }
}
