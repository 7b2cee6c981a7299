import { retentionFrom, within } from "../bounds.ts";
import { checkOptions } from "../check-options.ts";
import { isProduction } from "../environment.ts";
import { print } from "../print.ts";
import type { CheckFinding } from "../store/check-finding.ts";
import type {
  Claim,
  DedupKey,
  Forgetting,
  Holder,
  Inspection,
  LeaseStore,
  Settlement,
} from "../store/contract.ts";
import { MemoryNamespace } from "./memory-namespace.ts";

const HOUR_MS = 3_600_000;

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many ids are kept for each namespace. The oldest finished one makes room; of more than 16,384 ids, the oldest of
   * a part of them that holds at most some 16,384. Default 100,000.
   */
  readonly maxIds?: number;
  /**
   * How long a finished id is remembered, in milliseconds. Default 7 days, at least an hour: mintfax's own retries
   * span some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
}

/**
 * A dedup store in this process's memory: for one process, and forgotten when it ends. Use it to try things
 * out, and for a single server where it does no harm to process an event again after a restart. With
 * `NODE_ENV=production`, a line on standard error says so at the first delivery of a process.
 *
 * @throws {ConfigurationError} where an option is out of bounds
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ store: createMemoryStore({ maxIds: 1_000_000 }) });
 * ```
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): LeaseStore {
  checkOptions(options, ["maxIds", "retentionMs"], "createMemoryStore()");
  const { maxIds = 100_000, retentionMs = 7 * 24 * HOUR_MS } = options;
  return new MemoryStore(within("maxIds", maxIds, 1, Number.POSITIVE_INFINITY), retentionFrom(retentionMs));
}

let isInUse = false;

/** Once in a process, for the first of its memory stores that is used. */
function warnInProduction(): void {
  if (isInUse) return;
  isInUse = true;
  if (!isProduction()) return;
  print(`${FORGETS} ${DURABLE}`);
}

const FORGETS = "The memory store forgets every event at a restart.";
const DURABLE = 'Use store: createSqliteStore("webhooks.db") of @mintfax-webhooks/sqlite.';

class MemoryStore implements LeaseStore {
  readonly kind = "lease";
  readonly #maxIds: number;
  readonly #retentionMs: number;
  readonly #namespaces = new Map<string, MemoryNamespace>();

  constructor(maxIds: number, retentionMs: number) {
    this.#maxIds = maxIds;
    this.#retentionMs = retentionMs;
  }

  claim({ namespace, id }: DedupKey, owner: string, leaseMs: number): Claim {
    return this.#of(namespace).claim(id, owner, leaseMs);
  }

  renew({ namespace, id }: DedupKey, holder: Holder, leaseMs: number): Settlement {
    return this.#of(namespace).renew(id, holder, leaseMs);
  }

  complete({ namespace, id }: DedupKey, holder: Holder): Settlement {
    return this.#of(namespace).complete(id, holder);
  }

  release({ namespace, id }: DedupKey, holder: Holder): Settlement {
    return this.#of(namespace).release(id, holder);
  }

  forget({ namespace, id }: DedupKey): Forgetting {
    return this.#of(namespace).forget(id);
  }

  inspect({ namespace, id }: DedupKey): Inspection {
    return this.#namespaces.get(namespace)?.inspect(id) ?? { state: "absent" };
  }

  check(): readonly CheckFinding[] {
    const about = { code: "memory_store", level: "warning", message: FORGETS } as const;
    return [isProduction() ? { ...about, ok: false, fix: DURABLE } : { ...about, ok: true }];
  }

  /** A map for each namespace: to join, copy and hash both names would cost more than the rest of a call. */
  #of(name: string): MemoryNamespace {
    let namespace = this.#namespaces.get(name);
    if (namespace === undefined) {
      warnInProduction();
      namespace = new MemoryNamespace(this.#maxIds, this.#retentionMs);
      this.#namespaces.set(name, namespace);
    }
    return namespace;
  }
}
