/** Three words beside the id: the shape of this object decides how much memory a store takes. */
export interface MemoryRow {
  /** Which claim of the namespace holds it, or finished it. */
  claim: number;
  /** Of the claim, while the row is PENDING; undefined once it is DONE. */
  owner: string | undefined;
  /** PENDING: when the lease ends. DONE: when retention ends. On the store's clock. */
  untilMs: number;
}

/** Rows by id, which knows the oldest finished one. */
export class MemoryRows {
  /** In the order of their first claim: a row stays where it is when it is done, so completing costs no more than a look-up. */
  readonly #rows = new Map<string, MemoryRow>();
  #pendingCount = 0;
  /** Kept from one eviction to the next: a fresh one would walk over all the gaps that earlier evictions left. */
  #oldest = this.#rows.entries();

  get(id: string): MemoryRow | undefined {
    return this.#rows.get(id);
  }

  /** @param row PENDING, of an id that is not there */
  add(id: string, row: MemoryRow): void {
    this.#rows.set(id, row);
    this.#pendingCount += 1;
  }

  /** PENDING becomes DONE. */
  finish(row: MemoryRow, untilMs: number): void {
    row.owner = undefined;
    row.untilMs = untilMs;
    this.#pendingCount -= 1;
  }

  delete(id: string, row: MemoryRow): void {
    this.#rows.delete(id);
    if (row.owner !== undefined) this.#pendingCount -= 1;
  }

  /** @returns whether there was a finished one */
  evictOldest(): boolean {
    if (this.#pendingCount >= this.#rows.size) return false;
    for (;;) {
      const oldest = this.#oldest.next();
      if (oldest.done) this.#oldest = this.#rows.entries();
      else if (oldest.value[1].owner === undefined) {
        this.#rows.delete(oldest.value[0]);
        return true;
      }
    }
  }
}
