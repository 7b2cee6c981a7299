/** One property of a store. */
export interface StoreCase {
  readonly name: string;
  /** Rejects, with a message that says what the store did and what it should have done, where it does not hold. */
  run(): Promise<void>;
}

/** What a store has to pass. */
export interface StoreSuite {
  /** To be run one after another; each opens a store of its own. */
  readonly cases: readonly StoreCase[];
  /** What your options leave untested, and why. Assert it, so that nothing goes untested unnoticed. */
  readonly skipped: readonly string[];
}

/** What the suite asks of a store that it opens. */
export interface OpenOptions {
  /** How long a finished id is remembered, in milliseconds; the store's own default where it is left out. */
  readonly retentionMs?: number;
}
