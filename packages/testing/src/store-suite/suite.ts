/** One property of a store. */
export interface StoreCase {
  readonly name: string;
  /** Rejects where the property does not hold. The message says what the store did, and what it should have done. */
  run(): Promise<void>;
}

/** The cases that a store must pass. */
export interface StoreSuite {
  /** Run them one after another. Each opens its own store. */
  readonly cases: readonly StoreCase[];
  /** The cases that your options leave out, and why. Assert this list, so that you notice what is not tested. */
  readonly skipped: readonly string[];
}

/** Options with which the suite opens a store. */
export interface OpenOptions {
  /** How long a finished id is remembered, in milliseconds; the store's own default where it is left out. */
  readonly retentionMs?: number;
}
