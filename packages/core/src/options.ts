import { toleranceFrom, within } from "./bounds.ts";
import { createMemoryStore } from "./dedup/memory-store.ts";
import type { LeaseStore, TransactionalStore } from "./dedup/store.ts";
import type { IncomingDelivery } from "./delivery/incoming.ts";
import { ConfigurationError } from "./errors.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { type LateOutcomeHook, logProblems, type OutcomeHook } from "./observe.ts";
import { type Keys, keysFrom, type Secrets } from "./signature/keys.ts";
import { KeyResolver } from "./signature/resolver.ts";
import type { Telemetry } from "./telemetry.ts";

/**
 * Finds the secrets of one delivery, where they are known per request only: several tenants, or Cloudflare's `env`.
 * What it is given is not authenticated yet. If it throws, the delivery is answered with 503.
 */
export type SecretResolver<Platform> = (
  delivery: Pick<IncomingDelivery<Platform>, "header" | "platform">,
) => MaybePromise<Secrets>;

/** Options of a receiver; every one has a default that follows from how mintfax sends. */
export interface ReceiverOptions<Platform = unknown, Tx = never> {
  /**
   * The endpoint's signing secret (`whsec_...`); several while one is being rotated; or a function that finds them.
   * Default: the environment variable `MINTFAX_WEBHOOK_SECRET`, where whitespace separates several.
   */
  readonly secret?: Secrets | SecretResolver<Platform>;
  /** Remembers which events were processed. Default: this process's memory, 100,000 ids, 7 days. */
  readonly store?: LeaseStore | TransactionalStore<Tx>;
  /**
   * Keeps receivers apart that share a store. Two endpoints may be sent the same event, so give each its own
   * name. Default `"mintfax"`.
   */
  readonly namespace?: string;
  /**
   * How far `webhook-timestamp` may be from this server's clock, either way, in seconds. Default 300, as in the
   * reference library of Standard Webhooks; mintfax stamps every attempt afresh.
   */
  readonly toleranceSeconds?: number;
  /** The largest body, in bytes. Default 262,144 (256 KiB); Standard Webhooks calls 20 kB usual. */
  readonly bodyLimitBytes?: number;
  /** The time for a body to arrive, in milliseconds. Default 10,000. */
  readonly bodyTimeoutMs?: number;
  /**
   * When an unfinished handler is given up on, in milliseconds since the delivery arrived: mintfax is answered with
   * 503 and `signal` aborts. Default 25,000, since mintfax hangs up after 30 s.
   */
  readonly deadlineMs?: number;
  /**
   * How long a claim outlives the process that made it, in milliseconds. Renewed while a handler works. Default
   * 45,000 (more if `deadlineMs` asks for it): free again before mintfax's third attempt. At least `deadlineMs` +
   * 10,000, at most 90,000.
   */
  readonly leaseMs?: number;
  /** Called once for every delivery. Default: a line on standard error for whatever needs a person. */
  readonly onOutcome?: OutcomeHook;
  /** Called for work that ends after its answer. Default: as for `onOutcome`. */
  readonly onLateOutcome?: LateOutcomeHook;
  /** Traces and counts deliveries, beside the hooks: see `@mintfax-webhooks/opentelemetry`. Default: none. */
  readonly telemetry?: Telemetry;
}

/**
 * Options that are known per request only, such as those made of Cloudflare's bindings. The secret has to be among
 * them: whoever has none is refused, not verified with another one. The default store is one for each secret.
 */
export interface RequestOptions<Tx = never> extends Omit<ReceiverOptions<unknown, Tx>, "secret"> {
  /** As in {@link ReceiverOptions.secret}. */
  readonly secret: Secrets;
}

/** Makes the options of one delivery from its request. If it throws, the delivery is answered with 500. */
export type OptionsResolver<Platform, Tx = never> = (platform: Platform) => MaybePromise<RequestOptions<Tx>>;

/** Options with every default filled in and every bound checked. */
export interface Settings<Platform, Tx> {
  readonly keys: Keys | KeyResolver<Platform>;
  readonly store: LeaseStore | TransactionalStore<Tx>;
  readonly namespace: string;
  readonly toleranceSeconds: number;
  readonly bodyLimits: { readonly limitBytes: number; readonly timeoutMs: number };
  readonly deadlineMs: number;
  readonly leaseMs: number;
  readonly onOutcome: OutcomeHook;
  readonly onLateOutcome: LateOutcomeHook;
  readonly telemetry: Telemetry | undefined;
}

const LEASE_MARGIN_MS = 10_000;
const LEASE_MAX_MS = 90_000;

/** @throws {ConfigurationError} for an option that cannot work */
export function settingsFrom<Platform, Tx>(options: ReceiverOptions<Platform, Tx>): Settings<Platform, Tx> {
  const {
    secret,
    store = createMemoryStore(),
    namespace = "mintfax",
    bodyLimitBytes = 256 * 1024,
    bodyTimeoutMs = 10_000,
    deadlineMs = 25_000,
    leaseMs = Math.max(45_000, deadlineMs + LEASE_MARGIN_MS),
    onOutcome = logProblems,
    onLateOutcome = logProblems,
    telemetry,
  } = options;
  return {
    keys: typeof secret === "function" ? new KeyResolver(secret) : keysFrom(secret),
    store: checked(store),
    namespace,
    toleranceSeconds: toleranceFrom(options.toleranceSeconds),
    bodyLimits: {
      limitBytes: within("bodyLimitBytes", bodyLimitBytes, 1, 2 ** 30),
      timeoutMs: within("bodyTimeoutMs", bodyTimeoutMs, 1, LEASE_MAX_MS),
    },
    deadlineMs: within("deadlineMs", deadlineMs, 1, LEASE_MAX_MS - LEASE_MARGIN_MS),
    leaseMs: within(
      "leaseMs",
      leaseMs,
      deadlineMs + LEASE_MARGIN_MS,
      LEASE_MAX_MS,
      `; it has to outlive a handler on time, so at least deadlineMs + ${LEASE_MARGIN_MS}`,
    ),
    onOutcome,
    onLateOutcome,
    telemetry,
  };
}

/** A forgotten `await` or a database client in its place would otherwise come to light at the first delivery. */
function checked<Store extends { readonly kind: string }>(store: Store): Store {
  if (store?.kind === "lease" || store?.kind === "transactional") return store;
  throw new ConfigurationError(
    "store_invalid",
    "`store` is no dedup store: expected what createMemoryStore(), createRedisStore() and the like return. Is an `await` missing?",
  );
}
