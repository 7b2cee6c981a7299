import type { LateOutcomeHook, OutcomeHook } from "./outcome/record.ts";
import type { Telemetry } from "./outcome/telemetry.ts";
import type { CachedKeys } from "./signature/key-cache.ts";
import type { Keys } from "./signature/keys.ts";
import type { KeyResolver } from "./signature/resolver.ts";
import type { LeaseStore, TransactionalStore } from "./store/contract.ts";

/** Options with every default filled in and every bound checked. */
export interface Settings<Platform, Tx> {
  readonly keys: Keys | CachedKeys | KeyResolver<Platform>;
  /** To be called for authentic deliveries only: a default store is created at the first of them. */
  readonly store: () => LeaseStore | TransactionalStore<Tx>;
  readonly namespace: string;
  readonly toleranceSeconds: number;
  readonly bodyLimits: { readonly limitBytes: number; readonly timeoutMs: number };
  readonly deadlineMs: number;
  readonly leaseMs: number;
  readonly onOutcome: OutcomeHook;
  readonly onLateOutcome: LateOutcomeHook;
  readonly telemetry: Telemetry | undefined;
}
