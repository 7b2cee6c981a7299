import {
  type Claim,
  type Settlement,
  StoreMisconfiguredError,
  type TimeLimit,
} from "@mintfax-webhooks/core/store";
import { claimFrom, onlyRow, settlementFrom } from "./answers.ts";
import {
  type Backend,
  backendOfDatabase,
  RollBack,
  rollBack,
  rolledBackAtCommit,
  runOnClient,
  transactionIgnored,
} from "./backend.ts";
import type { PostgresOpaqueDatabase, PostgresPoolDatabase } from "./database.ts";
import { notFresh } from "./fresh.ts";
import { GuardedClient } from "./guarded-client.ts";
import { runAfterBegin, runBeforeCommit } from "./one-message.ts";
import { type PostgresClient, type PostgresPool, withClient } from "./pool.ts";
import { type Row, Statement } from "./statement.ts";
import { isLost, type Statements } from "./statements.ts";

type ArgsOf<Of> = Of extends Statement<infer Hole> ? Readonly<Record<Hole, string>> : never;

/** A transaction that a handler works in. */
export interface HandlerTransaction<Tx> {
  readonly tx: Tx;
  /** The first that runs in it. */
  claim(args: ArgsOf<Statements["claimAlone"]>): Promise<Claim>;
  /** The last. The caller rolls back where it answers "lost". */
  complete(args: ArgsOf<Statements["complete"]>): Promise<Settlement>;
  /** The handler has settled: from here on `tx` refuses everything. */
  close(): void;
}

/** Runs a handler's transaction: it is committed when `work` resolves, and rolled back when it rejects. A connection that breaks ends the limit. */
export type HandlerTransactions<Tx> = (
  limit: TimeLimit,
  work: (transaction: HandlerTransaction<Tx>) => Promise<void>,
) => Promise<void>;

/** `tx` is the pool's client. Claim and completion share a round trip with `BEGIN` and `COMMIT`. */
export function handlersOnPool<Client extends PostgresClient>(
  pool: PostgresPool,
  statements: Statements,
): HandlerTransactions<Client> {
  return async (limit, work) => {
    const run = async (client: PostgresClient): Promise<() => void> => {
      const guard = new GuardedClient(client as Client, false);
      try {
        await work({
          tx: guard.client,
          claim: async (args) => claimFrom(await runAfterBegin(client, statements.claimAlone, args)),
          complete: (args) => completeAndCommit(client, statements.completeOrFail, args),
          close: () => guard.end(),
        });
        return () => {};
      } catch (error) {
        if (error instanceof RollBack) return rollBack(client, error);
        throw error;
      } finally {
        guard.end();
      }
    };
    const end = await withClient(pool, limit.signal, run, (error) => limit.abort(error));
    end();
  };
}

async function completeAndCommit(
  client: PostgresClient,
  statement: Statements["completeOrFail"],
  args: ArgsOf<Statements["complete"]>,
): Promise<Settlement> {
  try {
    await runBeforeCommit(client, statement, args);
    return "ok";
  } catch (error) {
    if (isLost(error)) return "lost";
    throw error;
  }
}

/** @throws {StoreUnavailableError} where a library has left the transaction open */
function freshClaimFrom(rows: readonly Row[]): Claim {
  if (rows[0]?.state === "used") throw notFresh("used");
  return claimFrom(rows);
}

type Run = <Hole extends string>(
  statement: Statement<Hole>,
  args: Readonly<Record<Hole, string>>,
) => Promise<readonly Row[]>;

/** How the work in a transaction ended. */
interface Outcome {
  readonly error?: unknown;
}

function isCommitDue(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && !("error" in outcome);
}

/** `tx` is a library's, on a client of the pool. */
export function handlersOnPoolDatabase<Tx>(
  database: PostgresPoolDatabase<Tx>,
  statements: Statements,
): HandlerTransactions<Tx> {
  return async (limit, work) => {
    const run = async (client: PostgresClient): Promise<() => void> => {
      const guard = new GuardedClient(client, true);
      const ask: Run = async (...args) => {
        // The library has ended the transaction under the handler, and the connection serves other deliveries.
        if (guard.isEnded) throw transactionIgnored();
        return runOnClient(client, ...args);
      };
      let outcome: Outcome | undefined;
      try {
        await database.transaction(guard.client, async (tx) => {
          try {
            await work({
              tx,
              claim: async (args) => freshClaimFrom(await ask(statements.claimIfFresh, args)),
              complete: async (args) => settlementFrom(await ask(statements.complete, args)),
              close: () => guard.expectEnd(),
            });
            outcome = {};
          } catch (error) {
            outcome = { error };
            throw error;
          } finally {
            guard.expectEnd();
          }
        });
      } catch (error) {
        // The library passed the error on unchanged, so its ROLLBACK succeeded.
        if (error instanceof RollBack && error === outcome?.error)
          return () => {
            throw error;
          };
        if (isCommitDue(outcome) && (await guard.rolledBackAtCommit())) throw rolledBackAtCommit();
        throw outcome?.error ?? error;
      } finally {
        guard.end();
      }
      if (!isCommitDue(outcome)) throw transactionIgnored();
      if (await guard.rolledBackAtCommit()) throw rolledBackAtCommit();
      return () => {};
    };
    const end = await withClient(database.pool, limit.signal, run, (error) => limit.abort(error));
    end();
  };
}

/** `tx` is a library's, and so is its connection. */
export function handlersOnOpaqueDatabase<Tx>(
  database: PostgresOpaqueDatabase<Tx>,
  statements: Statements,
): HandlerTransactions<Tx> {
  const backend = backendOfDatabase(database);
  let isTxKnownToEnd = false;
  return async (limit, work) => {
    if (!isTxKnownToEnd) await requireTxToEnd(backend, limit.signal);
    isTxKnownToEnd = true;
    const xid = await backend.transaction(limit.signal, async (tx) => {
      const run: Run = (...args) => backend.run(tx, ...args);
      await work({
        tx,
        claim: async (args) => claimFrom(await run(statements.claimAlone, args)),
        complete: async (args) => settlementFrom(await run(statements.complete, args)),
        close() {},
      });
      return String(onlyRow(await backend.run(tx, XID, {})).xid);
    });
    await requireCommitted(backend, limit.signal, xid);
  };
}

const XID = new Statement("SELECT pg_current_xact_id()::text AS xid");
const XID_STATUS = new Statement<"xid">("SELECT pg_xact_status({xid}::text::xid8) AS status");

/**
 * A statement of the handler that is sent after the completion and fails makes COMMIT roll back. Libraries do not read how
 * PostgreSQL answers COMMIT, so the store asks.
 */
async function requireCommitted<Tx>(backend: Backend<Tx>, signal: AbortSignal, xid: string): Promise<void> {
  const { status } = await backend.transaction(signal, async (tx) =>
    onlyRow(await backend.run(tx, XID_STATUS, { xid })),
  );
  if (status !== "committed") throw rolledBackAtCommit();
}

const XID_IF_ASSIGNED = new Statement("SELECT pg_current_xact_id_if_assigned()::text AS xid");

/**
 * Tested once for each store: what a handler writes too late must not be committed on its own, neither while the
 * transaction ends nor afterwards.
 */
async function requireTxToEnd<Tx>(backend: Backend<Tx>, signal: AbortSignal): Promise<void> {
  let outlives: Promise<boolean> | undefined;
  const transaction = backend.transaction(signal, async (tx) => {
    const { xid } = onlyRow(await backend.run(tx, XID, {}));
    outlives = answersOutside(backend, tx, xid, signal);
    throw new RollBack("tried");
  });
  await transaction.catch((error) => {
    if (outlives === undefined) throw error;
  });
  if (!(await outlives)) return;
  throw new StoreMisconfiguredError(
    "`tx` of the option `database` still answers after its transaction has ended, so what a handler writes too late would " +
      "be committed on its own. Take drizzleDatabase, kyselyDatabase or knexDatabase of this package, or pass " +
      "{ pool, transaction } for another library on `pg`. postgres.js and TypeORM are not supported.",
  );
}

/** Asks until `tx` refuses. Resolves with whether an answer came from outside of the transaction. */
async function answersOutside<Tx>(
  backend: Backend<Tx>,
  tx: Tx,
  xid: unknown,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      if (onlyRow(await backend.run(tx, XID_IF_ASSIGNED, {})).xid !== xid) return true;
    } catch {
      return false;
    }
  }
  return false;
}
