import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import {
  type CheckFinding,
  type Claim,
  ConfigurationError,
  type DedupKey,
  type Holder,
  type Inspection,
  type Settlement,
} from "@mintfax-webhooks/core/store";
import {
  CLAIM,
  COMPLETE,
  DEDUP,
  DELETE_EXPIRED,
  FORGET,
  INSPECT,
  inspectionFrom,
  RELEASE,
  RENEW,
  STATE,
} from "@mintfax-webhooks/sqlite/sql";
import { fenceFrom } from "../answers.ts";
import { storeErrorFrom, unknownAnswer } from "../errors.ts";
import { checkedLimits, type StoreLimits } from "../limits.ts";
import { withinTime } from "../within-time.ts";
import type { D1Binding } from "./binding.ts";
import { checkD1, D1_LOOK } from "./check.ts";

/** Limits how long one statement blocks all others. */
const ROWS_PER_STATEMENT = 1_000;

/** Options of {@link createD1Store}. */
export interface D1StoreOptions extends StoreLimits {
  /** The binding of the database. */
  readonly database: D1Binding;
}

/** A dedup store in D1, with the maintenance of its table. */
export interface D1Store extends LeaseStore {
  /** Creates the table where it is missing. For your own migrations, take `D1_SCHEMA` or the file `d1.sql`. */
  migrate(): Promise<void>;
  /**
   * Deletes ids that are past their retention, oldest first, in statements of 1,000. Call it from a cron trigger. Until then
   * expired ids only take up space.
   *
   * @param maxRows how many ids at most; default 10,000
   * @returns how many were deleted
   */
  deleteExpired(maxRows?: number): Promise<number>;
}

/**
 * A dedup store in a table of a D1 database, `mintfax_dedup`. Every call is one round trip, one transaction.
 *
 * @throws {ConfigurationError} for a missing database, or an option out of bounds
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks<{ Bindings: Env }>((c) => ({
 *   secret: c.env.MINTFAX_WEBHOOK_SECRET,
 *   store: createD1Store({ database: c.env.DB }),
 * }));
 * ```
 */
export function createD1Store(options: D1StoreOptions): D1Store {
  const database = options?.database;
  if (typeof database?.prepare !== "function") {
    throw new ConfigurationError(
      "store_invalid",
      "database is not a D1 database; expected a binding. Is it in d1_databases of wrangler.jsonc, for this environment too?",
    );
  }
  const { retentionMs, timeoutMs } = checkedLimits(options, "database", "createD1Store");
  return new DatabaseStore(database, retentionMs, timeoutMs);
}

class DatabaseStore implements D1Store {
  readonly kind = "lease";
  readonly #database: D1Binding;
  readonly #retentionMs: number;
  readonly #timeoutMs: number;

  constructor(database: D1Binding, retentionMs: number, timeoutMs: number) {
    this.#database = database;
    this.#retentionMs = retentionMs;
    this.#timeoutMs = timeoutMs;
  }

  async claim({ namespace, id }: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    const [claim, row] = await this.#withState(CLAIM, namespace, id, owner, leaseMs, this.#retentionMs);
    const fence = fenceFrom(claim?.fence);
    if (fence !== undefined) return { state: "claimed", fence };
    const state = row?.state;
    // A refusal comes with a row that is done or pending. Any other answer says nothing about the event.
    if (claim !== undefined || (state !== "done" && state !== "pending")) throw unknownAnswer(ASKED);
    return { state };
  }

  renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return this.#settle(RENEW, key, holder, leaseMs);
  }

  complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#settle(COMPLETE, key, holder);
  }

  async release({ namespace, id }: DedupKey, { owner, fence }: Holder): Promise<Settlement> {
    const [, row] = await this.#withState(RELEASE, namespace, id, owner, fence, this.#retentionMs);
    // A row that is free counts as released, whichever call released it.
    if (row === undefined) return "ok";
    return stateFrom(row) === "released" ? "ok" : "lost";
  }

  async forget({ namespace, id }: DedupKey): Promise<Forgetting> {
    const state = await this.#stateAfter(FORGET, namespace, id, this.#retentionMs);
    if (state === undefined) return "absent";
    if (state === "done") throw unknownAnswer(ASKED);
    return state === "pending" ? "pending" : "forgotten";
  }

  async inspect({ namespace, id }: DedupKey): Promise<Inspection> {
    const row = await this.#ask(() => this.#database.prepare(INSPECT).bind(namespace, id).first());
    if (row === null) return { state: "absent" };
    const inspection = inspectionFrom(row);
    if (inspection === undefined) throw unknownAnswer(ASKED);
    return inspection;
  }

  check(): Promise<readonly CheckFinding[]> {
    return checkD1(() => this.#ask(() => this.#database.prepare(D1_LOOK).first()));
  }

  async migrate(): Promise<void> {
    await asStore(() =>
      this.#database.batch(DEDUP.statements.map((statement) => this.#database.prepare(statement))),
    );
  }

  async deleteExpired(maxRows: number = 10_000): Promise<number> {
    let deleted = 0;
    while (deleted < maxRows) {
      const limit = Math.min(ROWS_PER_STATEMENT, maxRows - deleted);
      const { meta } = await asStore(() => this.#database.prepare(DELETE_EXPIRED).bind(limit).run());
      deleted += meta.changes;
      if (meta.changes < limit) break;
    }
    return deleted;
  }

  async #settle(
    statement: string,
    { namespace, id }: DedupKey,
    { owner, fence }: Holder,
    ...leaseMs: number[]
  ): Promise<Settlement> {
    const values = [namespace, id, owner, fence, ...leaseMs, this.#retentionMs];
    return (await this.#stateAfter(statement, ...values)) === undefined ? "lost" : "ok";
  }

  /** The state of the row that a statement returns; undefined if it has changed no row. */
  async #stateAfter(statement: string, ...values: unknown[]): Promise<State | undefined> {
    const row = await this.#ask(() =>
      this.#database
        .prepare(statement)
        .bind(...values)
        .first(),
    );
    return row === null ? undefined : stateFrom(row);
  }

  /** Also reads the row afterwards, in the same transaction: it shows why a statement was refused. */
  async #withState(
    statement: string,
    namespace: string,
    id: string,
    ...values: unknown[]
  ): Promise<readonly [ForeignRow, ForeignRow]> {
    const answers = await this.#ask(() =>
      this.#database.batch([
        this.#database.prepare(statement).bind(namespace, id, ...values),
        this.#database.prepare(STATE).bind(namespace, id),
      ]),
    );
    return [firstOf(answers?.[0]), firstOf(answers?.[1])];
  }

  #ask<T>(ask: () => PromiseLike<T>): Promise<T> {
    return withinTime(ASKED, this.#timeoutMs, ask);
  }
}

const ASKED = "The D1 database";

type State = "pending" | "released" | "done";

/** As the binding returned it; checked where it is read. */
type ForeignRow = { readonly state?: unknown; readonly fence?: unknown } | undefined;

function firstOf(answer: { readonly results?: unknown } | undefined): ForeignRow {
  const { results } = Object(answer) as { readonly results?: unknown };
  if (!Array.isArray(results)) throw unknownAnswer(ASKED);
  return results[0];
}

function stateFrom(row: unknown): State {
  const { state } = Object(row) as { readonly state?: unknown };
  if (state === "pending" || state === "released" || state === "done") return state;
  throw unknownAnswer(ASKED);
}

/** Calls without a time limit, with the errors of a store. */
async function asStore<T>(ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw storeErrorFrom(ASKED, error);
  }
}
