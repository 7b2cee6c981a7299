// Not the global one, which fake timers of an application's tests replace.
import { setImmediate } from "node:timers";
import type { Forgetting, Inspection, LeaseStore } from "@mintfax-webhooks/core";
import {
  type Claim,
  type DedupKey,
  GroupCommit,
  type GroupCommitCall,
  type GroupCommitKind,
  type Holder,
  type Settlement,
} from "@mintfax-webhooks/core/store";
import { forgettingFrom } from "./answers.ts";
import { backendOfPool } from "./backend.ts";
import { batchStatementsFor } from "./batch-statements.ts";
import { checkOf } from "./check/check.ts";
import { inspectionFrom } from "./inspect.ts";
import { type ClaimCall, claims, type EndingCall, type RenewalCall, settlements } from "./lease-calls.ts";
import { limited } from "./limited.ts";
import { operationsOf, type PostgresOperations } from "./operations.ts";
import { type PostgresStoreOptions, poolFrom, type Settings, settingsFrom } from "./options.ts";
import { runInOwnTransaction } from "./own-transaction.ts";
import { type PostgresClient, type PostgresPool, withClient } from "./pool.ts";
import { schemaOf } from "./schema.ts";
import { explained, mayConcernOneKey } from "./sql-state.ts";
import type { Row, Statement } from "./statement.ts";
import { type Statements, statementsFor } from "./statements.ts";
import { STORE } from "./table.ts";
import { type PostgresUpkeep, upkeepOf } from "./upkeep.ts";

/** A lease store in PostgreSQL. */
export interface PostgresStore extends LeaseStore, PostgresUpkeep, PostgresOperations {}

/**
 * A dedup store in a table of PostgreSQL (13 or newer), for any number of processes. It sends two statements for an event
 * and one for a duplicate, and holds no connection while the handler works. Under load, up to 60 calls share a statement.
 *
 * Where your handlers write into the same database, {@link createPostgresTransactionalStore} promises more.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL }).on("error", console.error);
 * const store = createPostgresStore({ pool });
 * await store.migrate();
 * const webhooks = mintfaxWebhooks({ store });
 * ```
 */
export function createPostgresStore(
  options: PostgresStoreOptions & { readonly pool: PostgresPool },
): PostgresStore {
  const settings = settingsFrom(options, ["pool"], "createPostgresStore", STORE);
  const pool = poolFrom("pool", options.pool);
  const statements = statementsFor(settings.table);
  const store = new PostgresLeaseStore(pool, settings, statements);
  const backend = backendOfPool(pool);
  const schema = schemaOf(settings.table);
  const { timeoutMs } = settings;
  return Object.assign(
    store,
    upkeepOf(backend, schema, statements.deleteExpired),
    operationsOf(backend, settings.table),
    checkOf({
      schema,
      timeoutMs,
      isTransactional: false,
      pool,
      run: (statement, signal) =>
        withClient(pool, signal, (client) => runInOwnTransaction(client, statement, {})),
    }),
  );
}

/**
 * Calls of one statement, at most. A claim takes a lock for each, and PostgreSQL has room for 64 locks for each connection
 * that it admits (`max_locks_per_transaction`).
 */
const CALLS_MAX = 60;

class PostgresLeaseStore implements LeaseStore {
  readonly kind = "lease";
  readonly #pool: PostgresPool;
  readonly #settings: Settings;
  readonly #statements: Statements;
  readonly #claims: GroupCommit<PostgresClient, ClaimCall, Claim>;
  readonly #renewals: GroupCommit<PostgresClient, RenewalCall, Settlement>;
  readonly #completions: GroupCommit<PostgresClient, EndingCall, Settlement>;
  readonly #releases: GroupCommit<PostgresClient, EndingCall, Settlement>;

  constructor(pool: PostgresPool, settings: Settings, statements: Statements) {
    this.#pool = pool;
    this.#settings = settings;
    this.#statements = statements;
    const { claim, renew, complete, release } = statements;
    const batch = batchStatementsFor(settings.table);
    this.#claims = this.#grouped(claims(claim, batch.claim, (call, answer) => this.#giveBack(call, answer)));
    this.#renewals = this.#grouped(settlements(renew, batch.renew));
    this.#completions = this.#grouped(settlements(complete, batch.complete));
    this.#releases = this.#grouped(settlements(release, batch.release));
  }

  claim({ namespace, id }: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return this.#claims.ask({ namespace, id, owner, leaseMs: String(leaseMs) });
  }

  renew({ namespace, id }: DedupKey, { owner, fence }: Holder, leaseMs: number): Promise<Settlement> {
    return this.#renewals.ask({ namespace, id, owner, fence: String(fence), leaseMs: String(leaseMs) });
  }

  complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#completions.ask(this.#ending(key, holder));
  }

  release(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#releases.ask(this.#ending(key, holder));
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const { retentionMs } = this.#settings;
    return forgettingFrom(await this.#run(this.#statements.forget, { ...key, retentionMs }));
  }

  async inspect(key: DedupKey): Promise<Inspection> {
    return inspectionFrom(await this.#run(this.#statements.inspect, { ...key }));
  }

  #run<Hole extends string>(
    statement: Statement<Hole>,
    args: Readonly<Record<Hole, string>>,
  ): Promise<readonly Row[]> {
    const { timeoutMs, table } = this.#settings;
    return limited(timeoutMs, table, (signal) =>
      withClient(this.#pool, signal, (client) => runInOwnTransaction(client, statement, args)),
    );
  }

  #grouped<Asked extends GroupCommitCall, Answer>(
    kind: GroupCommitKind<PostgresClient, Asked, Answer>,
  ): GroupCommit<PostgresClient, Asked, Answer> {
    const { timeoutMs, table } = this.#settings;
    return new GroupCommit(
      {
        name: "PostgreSQL",
        timeoutMs,
        callsMax: CALLS_MAX,
        afterTurn: setImmediate,
        withConnection: ({ signal }, use) => withClient(this.#pool, signal, use),
        mayConcernOneKey,
        explained: (error) => explained(error, table),
      },
      kind,
    );
  }

  #ending({ namespace, id }: DedupKey, { owner, fence }: Holder): EndingCall {
    return { namespace, id, owner, fence: String(fence), retentionMs: this.#settings.retentionMs };
  }

  #giveBack({ namespace, id, owner }: ClaimCall, claim: Claim): void {
    if (claim.state !== "claimed") return;
    this.release({ namespace, id }, { owner, fence: claim.fence }).catch(leaseEndsByItself);
  }
}

function leaseEndsByItself(): void {}
