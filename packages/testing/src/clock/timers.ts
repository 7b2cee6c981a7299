// The timers of the runtime, taken when this module loads. The fake timers of Vitest, Jest, sinon and `node:test` replace the
// global ones, and nothing of a sender would ever wake. `Date` is left to them: a receiver under test compares
// `webhook-timestamp` with it.

export const realSetTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const realClearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
/** Milliseconds from a fixed point in time. */
export const monotonicMs: () => number = performance.now.bind(performance);
