/**
 * The layers of core, the lowest first. A file imports from its own layer and from lower ones, types counted.
 * Each entry is a file or a folder in `packages/core/src/`.
 */
export const LAYERS: readonly (readonly string[])[] = [
  [
    "bounds.ts",
    "call-unawaited.ts",
    "check-options.ts",
    "environment.ts",
    "error-text.ts",
    "errors.ts",
    "foreign.ts",
    "in-flight.ts",
    "incoming.ts",
    "maybe-promise.ts",
    "path.ts",
    "print.ts",
    "refusal.ts",
    "safe-text.ts",
    "store/",
    "time-limit.ts",
    "timer.ts",
  ],
  ["events/"],
  ["fax-watch/"],
  ["signature/"],
  ["outcome/"],
  ["settings.ts"],
  ["delivery/"],
  ["dispatch/"],
  ["dedup/"],
  ["check/", "options.ts", "per-request.ts", "processor.ts", "receiver.ts", "webhooks.ts", "worker/"],
  ["adapter/"],
  ["fetch/", "node/"],
  ["adapter.ts", "index.ts", "store.ts", "worker.ts"],
];
