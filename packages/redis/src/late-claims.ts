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

/**
 * Gives back the claims that came through although their callers were told that the store is unreachable: they will not
 * settle them. An owner that claims again takes over its earlier claim.
 */
export class LateClaims {
  /** The newest claim of each owner, until it has ended. */
  readonly #newest = new Map<string, WatchedClaim>();

  /** @param giveBack of the claim that is watched */
  watch(key: string, owner: string, giveBack: (fence: number) => void): Watch {
    const watched = new WatchedClaim(this.#newest, key, owner, giveBack);
    this.#newest.set(owner, watched);
    return watched;
  }
}

class WatchedClaim implements Watch {
  readonly #newest: Map<string, WatchedClaim>;
  readonly #key: string;
  readonly #owner: string;
  readonly #giveBack: (fence: number) => void;
  /** Of the same key by the same owner, as long as this one does not stand for it. */
  #earlier: WatchedClaim | undefined;
  #hasEnded = false;
  /** A newer claim was sent, whose answer counts instead. */
  #isTakenOver = false;
  /** What is to be given back if this claim is never sent. */
  #earlierFence: number | undefined;

  constructor(
    newest: Map<string, WatchedClaim>,
    key: string,
    owner: string,
    giveBack: (fence: number) => void,
  ) {
    this.#newest = newest;
    this.#key = key;
    this.#owner = owner;
    this.#giveBack = giveBack;
    const earlier = newest.get(owner);
    if (earlier !== undefined && earlier.#key === key) this.#earlier = earlier;
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
    if (this.#newest.get(this.#owner) !== this) return;
    if (this.#earlier === undefined || this.#earlier.#hasEnded) this.#newest.delete(this.#owner);
    else this.#newest.set(this.#owner, this.#earlier);
  }

  #giveBackUnlessRepeated(fence: number): void {
    if (this.#isTakenOver) return;
    const newest = this.#newest.get(this.#owner);
    // The newer one is still to be sent.
    if (newest !== undefined && newest !== this && newest.#key === this.#key) newest.#earlierFence = fence;
    else this.#giveBack(fence);
  }
}
