import type { MaybePromise } from "../maybe-promise.ts";
import type { Conclusion } from "../outcome.ts";

/** What a handler needs from the store that granted the run. */
export interface Grant<Tx> {
  readonly fence: number;
  /** Only from a transactional store. */
  readonly tx?: Tx;
}

/** The handler of one delivery, ready to be called once the store grants it. */
export interface HandlerRun<Tx> {
  start(grant: Grant<Tx>): MaybePromise<unknown>;
  /** To be called as soon as what `start` returned has settled. */
  ended(): void;
  /** Aborts the handler's signal. */
  abort(reason: Error): void;
}

/** How processing ended: what to conclude and, for the hook alone, what was thrown. */
export interface Ending {
  readonly conclusion: Conclusion;
  readonly error?: unknown;
}
