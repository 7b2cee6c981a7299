import { namespaceFrom, toleranceFrom, within } from "./bounds.ts";
import { checkOptions, functionFrom, kindOf } from "./check-options.ts";
import { createMemoryStore } from "./dedup/memory-store.ts";
import { ConfigurationError } from "./errors.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { logProblems, logProblemsInFull } from "./outcome/log.ts";
import type { LateOutcomeHook, OutcomeHook } from "./outcome/record.ts";
import type { Telemetry } from "./outcome/telemetry.ts";
import type { Settings } from "./settings.ts";
import { type Keys, keysFrom, keysInVariable, type Secrets, secretsInVariable } from "./signature/keys.ts";
import { KeyResolver, type SecretResolver } from "./signature/resolver.ts";
import { secretsIn } from "./signature/secret.ts";
import type { LeaseStore, TransactionalStore } from "./store/contract.ts";

/**
 * Options of a receiver. Every one has a default that follows from how mintfax sends. An option set to `undefined` is an
 * error, and so is a misspelt one.
 */
export interface ReceiverOptions<Platform = unknown, Tx = never> {
  /**
   * The endpoint's signing secret (`whsec_...`); several while one is being rotated, in a list or separated by
   * whitespace; or a function that finds them. Default: the environment variable `MINTFAX_WEBHOOK_SECRET`, read when the
   * receiver is made; where it is missing during a build (`next build`), when a delivery comes.
   */
  readonly secret?: Secrets | SecretResolver<Platform>;
  /**
   * Remembers which events were processed: what `createPostgresStore({ pool })`, `createRedisStore({ client })` and the
   * like return, not the pool or the client itself. Default: this process's memory, 100,000 ids, 7 days.
   */
  readonly store?: LeaseStore | TransactionalStore<Tx>;
  /**
   * Keeps receivers apart that share a store. Two endpoints may be sent the same event, so give each its own
   * name, of 1 to 256 characters. Default `"mintfax"`.
   */
  readonly namespace?: string;
  /**
   * How far `webhook-timestamp` may be from this server's clock, either way, in seconds. Default 300, as in the
   * reference library of Standard Webhooks; mintfax gives every attempt a new timestamp.
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
  /** Called once for every delivery. Default: a line on standard error for each that needs a person. */
  readonly onOutcome?: OutcomeHook;
  /** Called for work that ends after its answer. Default: as for `onOutcome`. */
  readonly onLateOutcome?: LateOutcomeHook;
  /** Traces and counts deliveries, beside the hooks: see `@mintfax-webhooks/opentelemetry`. Default: none. */
  readonly telemetry?: Telemetry;
  /**
   * Whether this is development: standard error is then told the messages of what handlers threw, which may quote a fax,
   * and their stacks. Default false; `NODE_ENV` does not change it. It changes nothing where hooks take the place of these lines.
   */
  readonly development?: boolean;
}

// An object, so that the compiler reports an option that was forgotten.
const NAMES: Readonly<Record<keyof ReceiverOptions, null>> = {
  secret: null,
  store: null,
  namespace: null,
  toleranceSeconds: null,
  bodyLimitBytes: null,
  bodyTimeoutMs: null,
  deadlineMs: null,
  leaseMs: null,
  onOutcome: null,
  onLateOutcome: null,
  telemetry: null,
  development: null,
};
export const OPTION_NAMES: readonly string[] = Object.keys(NAMES);

/**
 * Options that are known per request only, such as those made of Cloudflare's bindings. The secret has to be among
 * them: a delivery without one is refused, never verified with another tenant's. Each secret has its own default store.
 */
export interface RequestOptions<Tx = never> extends Omit<ReceiverOptions<unknown, Tx>, "secret"> {
  /** As in {@link ReceiverOptions.secret}. */
  readonly secret: Secrets;
}

/**
 * Makes the options of one delivery from its request. If it throws, or its options cannot work, the delivery is answered
 * with 500; if it has not answered after 5 s, with 503.
 */
export type OptionsResolver<Platform, Tx = never> = (platform: Platform) => MaybePromise<RequestOptions<Tx>>;

const LEASE_MARGIN_MS = 10_000;
const LEASE_MAX_MS = 90_000;

/** @throws {ConfigurationError} for an option that cannot work */
export function settingsFrom<Platform, Tx>(options: ReceiverOptions<Platform, Tx>): Settings<Platform, Tx> {
  const store = createMemoryStore();
  return settingsWith(options, keysOf<Platform>, () => store);
}

/**
 * @param keysFor makes the keys of what was given as `secret`, undefined where nothing was
 * @param defaultStore finds the store where none was given
 * @throws {ConfigurationError} for an option that cannot work
 */
export function settingsWith<Platform, Tx>(
  options: ReceiverOptions<Platform, Tx>,
  keysFor: (secret: Secrets | SecretResolver<Platform> | undefined) => Settings<Platform, Tx>["keys"],
  defaultStore: () => LeaseStore,
): Settings<Platform, Tx> {
  checkOptions(options, OPTION_NAMES, "a receiver");
  const {
    secret,
    store,
    namespace,
    bodyLimitBytes = 256 * 1024,
    bodyTimeoutMs = 10_000,
    deadlineMs = 25_000,
    leaseMs = Math.max(45_000, deadlineMs + LEASE_MARGIN_MS),
    development = false,
    onOutcome = development ? logProblemsInFull : logProblems,
    onLateOutcome = development ? logProblemsInFull : logProblems,
    telemetry,
  } = options;
  if (store !== undefined) checkStore(store);
  if (telemetry !== undefined) checkTelemetry(telemetry, ["onDelivery", "onLateOutcome"]);
  if (typeof development !== "boolean") throw invalid("development", development, "true or false");
  return {
    keys: keysFor(secret),
    store: store === undefined ? defaultStore : () => store,
    namespace: namespaceFrom(namespace),
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
      `; the lease has to outlive the handler, so it is at least deadlineMs + ${LEASE_MARGIN_MS}`,
    ),
    onOutcome: functionFrom("onOutcome", onOutcome),
    onLateOutcome: functionFrom("onLateOutcome", onLateOutcome),
    telemetry,
  };
}

function keysOf<Platform>(
  secret: Secrets | SecretResolver<Platform> | undefined,
): Keys | KeyResolver<Platform> {
  if (typeof secret === "function") return new KeyResolver(secret);
  if (secret !== undefined) return keysFrom(secretsIn(secret, "secret"));
  return keysInVariable() ?? new KeyResolver(() => secretsInVariable().map(({ text }) => text));
}

/** Otherwise a forgotten `await`, or a database client given as the store, would fail at the first delivery. */
export function checkStore(store: { readonly kind: string }): void {
  if (store?.kind === "lease" || store?.kind === "transactional") return;
  throw new ConfigurationError(
    "store_invalid",
    `\`store\` is ${kindOf(store)}, not a dedup store: expected what createPostgresStore({ pool }), createRedisStore({ client }) and the like return. Is an \`await\` missing?`,
  );
}

/**
 * Otherwise an object of another kind would fail at the first delivery.
 *
 * @param methods which of its methods are called
 * @throws {ConfigurationError} where one of them is missing
 */
export function checkTelemetry<T>(telemetry: T, methods: readonly (keyof T)[]): void {
  if (methods.every((method) => typeof telemetry?.[method] === "function")) return;
  throw invalid("telemetry", telemetry, "what createTelemetry() of @mintfax-webhooks/opentelemetry returns");
}

function invalid(name: string, value: unknown, expected: string): ConfigurationError {
  return new ConfigurationError("option_invalid", `${name} is ${kindOf(value)}; expected ${expected}.`);
}
