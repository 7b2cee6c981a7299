import type { Forgetting, Inspection, TransactionalStore } from "@mintfax-webhooks/core";
import {
  type DedupKey,
  TimeLimit,
  type TransactionClaim,
  TransactionRefusedError,
  type TransactionResult,
} from "@mintfax-webhooks/core/store";
import { forgettingFrom } from "./answers.ts";
import { type Backend, RollBack } from "./backend.ts";
import { checkOf } from "./check/check.ts";
import type { PostgresDatabase } from "./database.ts";
import type { HandlerTransaction, HandlerTransactions } from "./handler-transactions.ts";
import { inspectionFrom } from "./inspect.ts";
import { limited } from "./limited.ts";
import { operationsOf, type PostgresOperations } from "./operations.ts";
import { type PostgresStoreOptions, type Settings, settingsFrom } from "./options.ts";
import type { ClientOf, PostgresPool } from "./pool.ts";
import { backendFor, handlersFor, RUNNER_OPTIONS, type RunnerOptions } from "./runners.ts";
import { schemaOf } from "./schema.ts";
import { explained, isRefusal } from "./sql-state.ts";
import type { Row, Statement } from "./statement.ts";
import { type Statements, statementsFor } from "./statements.ts";
import { STORE } from "./table.ts";
import { type PostgresUpkeep, upkeepOf } from "./upkeep.ts";

/** A transactional store in PostgreSQL. */
export interface PostgresTransactionalStore<Tx>
  extends TransactionalStore<Tx>,
    PostgresUpkeep,
    PostgresOperations {}

/**
 * A dedup store that runs handlers inside its own transaction (PostgreSQL 13 or newer). What they write through
 * `context.tx` is committed together with the event's completion, or not at all. Each handler holds one connection while it
 * works; a duplicate that arrives meanwhile is answered at once.
 *
 * `tx` is a `PoolClient` of your `pool`.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const store = createPostgresTransactionalStore({ pool });
 * await store.migrate();
 * const webhooks = mintfaxWebhooks({ store }).on("fax.delivered", async ({ data: { object: fax } }, { tx }) => {
 *   await tx.query("UPDATE orders SET sent = true WHERE number = $1", [fax.tags.order]);
 * });
 * ```
 */
export function createPostgresTransactionalStore<Pool extends PostgresPool>(
  options: PostgresStoreOptions & { readonly pool: Pool },
): PostgresTransactionalStore<ClientOf<Pool>>;
/**
 * The same, where a handler's `tx` is a transaction of your database library: Drizzle, Kysely, Knex or Prisma.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * import { prismaDatabase } from "@mintfax-webhooks/postgres/prisma";
 *
 * const store = createPostgresTransactionalStore({ database: prismaDatabase(prisma) });
 * ```
 */
export function createPostgresTransactionalStore<Tx>(
  options: PostgresStoreOptions & { readonly database: PostgresDatabase<Tx> },
): PostgresTransactionalStore<Tx>;
export function createPostgresTransactionalStore(
  options: PostgresStoreOptions & RunnerOptions,
): PostgresTransactionalStore<never> {
  const settings = settingsFrom(options, RUNNER_OPTIONS, "createPostgresTransactionalStore", STORE);
  const statements = statementsFor(settings.table);
  const backend = backendFor(options);
  const handlers = handlersFor(options, statements);
  const store = new TransactionStore(handlers as HandlerTransactions<never>, backend, settings, statements);
  const schema = schemaOf(settings.table);
  const pool = "database" in options ? options.database.pool : options.pool;
  return Object.assign(
    store,
    upkeepOf(backend, schema, statements.deleteExpired),
    operationsOf(backend, settings.table),
    checkOf({
      schema,
      timeoutMs: settings.timeoutMs,
      isTransactional: true,
      pool,
      run: (statement, signal) => backend.transaction(signal, (tx) => backend.run(tx, statement, {})),
    }),
  );
}

/** How a transaction that is not committed ends. */
type Ending = Exclude<TransactionResult, "committed">;

class TransactionStore<Tx> implements TransactionalStore<Tx> {
  readonly kind = "transactional";
  readonly #handlers: HandlerTransactions<Tx>;
  /** Runs everything but handlers. */
  readonly #backend: Backend<unknown>;
  readonly #settings: Settings;
  readonly #statements: Statements;

  constructor(
    handlers: HandlerTransactions<Tx>,
    backend: Backend<unknown>,
    settings: Settings,
    statements: Statements,
  ) {
    this.#handlers = handlers;
    this.#backend = backend;
    this.#settings = settings;
    this.#statements = statements;
  }

  async transact(
    key: DedupKey,
    work: (claim: TransactionClaim<Tx>) => Promise<"commit" | "rollback">,
  ): Promise<TransactionResult> {
    const limit = new TimeLimit(this.#settings.timeoutMs, "PostgreSQL");
    const progress: Progress = { isHandlerDone: false };
    const transaction = this.#handlers(limit, (open) => this.#work(open, key, work, limit, progress));
    try {
      await limit.over(transaction);
      return "committed";
    } catch (error) {
      // If the rollback failed too, the server rolls back when the connection ends.
      if (progress.ending !== undefined) return progress.ending;
      if (progress.isHandlerDone && isRefusal(error)) {
        throw new TransactionRefusedError("PostgreSQL refused to commit what the handler wrote.", {
          cause: error,
        });
      }
      throw explained(error, this.#settings.table);
    }
  }

  /** Resolves to commit. */
  async #work(
    { tx, claim: claimIn, complete, close }: HandlerTransaction<Tx>,
    key: DedupKey,
    work: (claim: TransactionClaim<Tx>) => Promise<"commit" | "rollback">,
    limit: TimeLimit,
    progress: Progress,
  ): Promise<void> {
    const rollBack = (ending: Ending): never => {
      progress.ending = ending;
      throw new RollBack(ending);
    };
    // The caller may have stopped waiting before the library had a connection.
    limit.signal.throwIfAborted();
    const owner = crypto.randomUUID();
    // No lease: the lock and the uncommitted row hold the claim. If the handler itself commits, the event is free at once.
    const claim = await claimIn({ ...key, owner, leaseMs: "0" });
    limit.signal.throwIfAborted();
    if (claim.state !== "claimed") return rollBack(claim.state);

    limit.stop();
    const end = await work({ tx, fence: claim.fence, signal: limit.signal });
    close();
    limit.signal.throwIfAborted();
    limit.restart();
    if (end === "rollback") return rollBack("rolled_back");
    progress.isHandlerDone = true;
    // After the handler: it fails if a statement of the handler has failed, even if the handler hid that. COMMIT would roll
    // back without an error.
    const { retentionMs } = this.#settings;
    const fence = String(claim.fence);
    if ((await complete({ ...key, owner, fence, retentionMs })) === "lost") rollBack("lost");
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const { retentionMs } = this.#settings;
    return forgettingFrom(await this.#run(this.#statements.forget, { ...key, retentionMs }));
  }

  async inspect(key: DedupKey): Promise<Inspection> {
    return inspectionFrom(await this.#run(this.#statements.inspect, { ...key }));
  }

  /** Runs one statement that is not a handler's. */
  #run<Hole extends string>(
    statement: Statement<Hole>,
    args: Readonly<Record<Hole, string>>,
  ): Promise<readonly Row[]> {
    const { timeoutMs, table } = this.#settings;
    return limited(timeoutMs, table, (signal) =>
      this.#backend.transaction(signal, (tx) => this.#backend.run(tx, statement, args)),
    );
  }
}

interface Progress {
  isHandlerDone: boolean;
  /** Kept here, because libraries differ in what they reject with after a rollback. */
  ending?: Ending;
}
