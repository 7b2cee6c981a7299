import type { Forgetting, Inspection, LeaseStore } from "@mintfax-webhooks/core";
import {
  type Claim,
  type DedupKey,
  type Holder,
  type Settlement,
  StoreUnavailableError,
} from "@mintfax-webhooks/core/store";
import { claimFrom, forgettingFrom, settlementFrom } from "./answers.ts";
import { BEGIN, backendOfPool, runOnClient } from "./backend.ts";
import { inspectionFrom } from "./inspect.ts";
import { type PostgresStoreOptions, poolFrom, type Settings, settingsFrom } from "./options.ts";
import { type PostgresClient, type PostgresPool, withClient } from "./pool.ts";
import { schemaOf } from "./schema.ts";
import { knownSession, type Session, sessionOf } from "./session.ts";
import { explained } from "./sql-state.ts";
import type { Row, Statement } from "./statement.ts";
import { type Statements, statementsFor } from "./statements.ts";
import { STORE } from "./table.ts";
import { TimeLimit } from "./time-limit.ts";
import { type PostgresUpkeep, upkeepOf } from "./upkeep.ts";

/** A lease store in PostgreSQL. */
export interface PostgresStore extends LeaseStore, PostgresUpkeep {}

/**
 * A dedup store in a table of PostgreSQL (13 or newer), for any number of processes. It sends two statements for an event
 * and one for a duplicate, and holds no connection while the handler works.
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
  return Object.assign(
    store,
    upkeepOf(backendOfPool(pool), schemaOf(settings.table), statements.deleteExpired),
  );
}

class PostgresLeaseStore implements LeaseStore {
  readonly kind = "lease";
  readonly #pool: PostgresPool;
  readonly #settings: Settings;
  readonly #statements: Statements;

  constructor(pool: PostgresPool, settings: Settings, statements: Statements) {
    this.#pool = pool;
    this.#settings = settings;
    this.#statements = statements;
  }

  async claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return claimFrom(await this.#run(this.#statements.claim, { ...key, owner, leaseMs: String(leaseMs) }));
  }

  async renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return settlementFrom(
      await this.#run(this.#statements.renew, { ...key, ...texts(holder), leaseMs: String(leaseMs) }),
    );
  }

  async complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    const { retentionMs } = this.#settings;
    return settlementFrom(
      await this.#run(this.#statements.complete, { ...key, ...texts(holder), retentionMs }),
    );
  }

  async release(key: DedupKey, holder: Holder): Promise<Settlement> {
    const { retentionMs } = this.#settings;
    return settlementFrom(
      await this.#run(this.#statements.release, { ...key, ...texts(holder), retentionMs }),
    );
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const { retentionMs } = this.#settings;
    return forgettingFrom(await this.#run(this.#statements.forget, { ...key, retentionMs }));
  }

  async inspect(key: DedupKey): Promise<Inspection> {
    return inspectionFrom(await this.#run(this.#statements.inspect, { ...key }));
  }

  async #run<Hole extends string>(
    statement: Statement<Hole>,
    args: Readonly<Record<Hole, string>>,
  ): Promise<readonly Row[]> {
    const limit = new TimeLimit(this.#settings.timeoutMs);
    try {
      return await limit.over(
        withClient(this.#pool, limit.signal, (client) => runAlone(client, statement, args)),
      );
    } catch (error) {
      throw explained(error, this.#settings.table);
    }
  }
}

/**
 * Runs one statement as a transaction at READ COMMITTED, regardless of the role's default: at a higher level, two statements
 * that meet on a row end in a serialization failure.
 */
function runAlone<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Readonly<Record<Hole, string>>,
): Promise<readonly Row[]> {
  const session = knownSession(client);
  return session === undefined
    ? sessionOf(client).then((asked) => runIn(asked, client, statement, args))
    : runIn(session, client, statement, args);
}

async function runIn<Hole extends string>(
  session: Session,
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Readonly<Record<Hole, string>>,
): Promise<readonly Row[]> {
  if (session.isReadCommitted && session.tellsTransaction) {
    const rows = await runOnClient(client, statement, args);
    requireCommitted(client);
    return rows;
  }
  // Fails in a transaction that was left open.
  await client.query(BEGIN);
  const rows = await runOnClient(client, statement, args);
  await client.query({ text: "COMMIT" });
  return rows;
}

/**
 * A library may return its connection to the pool inside a transaction, as after a ROLLBACK that it gave up on. What the
 * store wrote there is never committed.
 *
 * @throws {StoreUnavailableError} so that the connection, and with it that transaction, is closed
 */
function requireCommitted(client: PostgresClient): void {
  if (client.getTransactionStatus?.() === "I") return;
  throw new StoreUnavailableError(
    "A library returned a connection to the pool inside a transaction, so PostgreSQL did not commit the store's statement. " +
      "The store closes that connection.",
  );
}

function texts({ owner, fence }: Holder): { owner: string; fence: string } {
  return { owner, fence: String(fence) };
}
