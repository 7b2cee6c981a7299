import {
  type FaxWatch,
  type FaxWatchDatabase,
  type FaxWatchStatus,
  faxWatchOn,
  namespaceFrom,
  type OutstandingFax,
  TimeLimit,
} from "@mintfax-webhooks/core/store";
import { onlyRow, rowsFrom } from "../answers.ts";
import type { Backend } from "../backend.ts";
import type { PostgresDatabase } from "../database.ts";
import { type PostgresStoreOptions, type Settings, settingsFrom } from "../options.ts";
import type { PostgresPool } from "../pool.ts";
import { backendFor, RUNNER_OPTIONS, type RunnerOptions } from "../runners.ts";
import type { Row, Statement } from "../statement.ts";
import { type PostgresUpkeep, upkeepOf } from "../upkeep.ts";
import { faxWatchFailure } from "./failure.ts";
import { FAX_WATCH, faxWatchSchemaOf } from "./schema.ts";
import { type FaxWatchStatements, faxWatchStatementsFor } from "./statements.ts";
import { runInTransaction } from "./transaction.ts";

/** Options of {@link createFaxWatch} beside `pool` or `database`. */
export interface FaxWatchOptions extends PostgresStoreOptions {
  /**
   * Keeps apart the faxes of tenants or environments that share the table: make one watch for each. 1 to 256 characters,
   * default `mintfax`. It need not be the namespace of the receiver.
   */
  readonly namespace?: string;
}

/** A fax watch in PostgreSQL. */
export interface PostgresFaxWatch extends FaxWatch, PostgresUpkeep {}

/**
 * Knows which faxes still owe their final event, in a table of PostgreSQL (13 or newer), for any number of processes. It takes
 * the `pool`, or the `database` of your library, that `createPostgresTransactionalStore` takes.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const watch = createFaxWatch({ pool });
 * await watch.migrate();
 * await watch.expect(fax.id); // where you send it
 * const webhooks = mintfaxWebhooks({ store }).on("fax.*", watch.settle);
 * const { owed } = await watch.status();
 * ```
 */
export function createFaxWatch(
  options: FaxWatchOptions &
    ({ readonly pool: PostgresPool } | { readonly database: PostgresDatabase<never> }),
): PostgresFaxWatch {
  const settings = settingsFrom(options, [...RUNNER_OPTIONS, "namespace"], "createFaxWatch", FAX_WATCH);
  const namespace = namespaceFrom(options.namespace);
  const backend = backendFor(options as RunnerOptions);
  const statements = faxWatchStatementsFor(settings.table);
  const database = new PostgresFaxWatchDatabase(backend, settings, statements, namespace);
  const upkeep = upkeepOf(backend, faxWatchSchemaOf(settings.table), statements.deleteExpired);
  return { ...faxWatchOn(database), ...upkeep };
}

class PostgresFaxWatchDatabase implements FaxWatchDatabase {
  readonly namespace: string;
  readonly #backend: Backend<unknown>;
  readonly #settings: Settings;
  readonly #statements: FaxWatchStatements;

  constructor(
    backend: Backend<unknown>,
    settings: Settings,
    statements: FaxWatchStatements,
    namespace: string,
  ) {
    this.#backend = backend;
    this.#settings = settings;
    this.#statements = statements;
    this.namespace = namespace;
  }

  async expect(id: string, by: Date, tx: unknown): Promise<void> {
    await this.#run(this.#statements.expect, { ...this.#key(id), by: String(by.getTime()) }, tx);
  }

  async end(id: string, state: "settled" | "dismissed", tx: unknown): Promise<void> {
    const { retentionMs } = this.#settings;
    await this.#run(this.#statements.end, { ...this.#key(id), state, retentionMs }, tx);
  }

  async page(
    limit: number,
    olderThan: Date | undefined,
    after: OutstandingFax | undefined,
  ): Promise<readonly OutstandingFax[]> {
    const rows = await this.#run(this.#statements.page, {
      namespace: this.namespace,
      olderThan: olderThan === undefined ? "" : String(olderThan.getTime()),
      afterBy: String(after?.by.getTime() ?? 0),
      afterId: after?.id ?? "",
      limit: String(limit),
    });
    return rows.map(({ id, since, by }) => ({ id: String(id), since: dateOf(since), by: dateOf(by) }));
  }

  async status(): Promise<FaxWatchStatus> {
    const rows = await this.#run(this.#statements.status, { namespace: this.namespace });
    const { expected, owed, oldest, last } = onlyRow(rows);
    return {
      expected: Number(expected),
      owed: Number(owed),
      oldestOwedSeconds: Number(oldest),
      sinceLastEventSeconds: last === null ? undefined : Math.max(0, Number(last)),
    };
  }

  #key(id: string): { readonly namespace: string; readonly id: string } {
    return { namespace: this.namespace, id };
  }

  async #run<Hole extends string>(
    statement: Statement<Hole>,
    args: Readonly<Record<Hole, string>>,
    tx?: unknown,
  ): Promise<readonly Row[]> {
    const { timeoutMs, table } = this.#settings;
    const limit = new TimeLimit(timeoutMs, "PostgreSQL");
    try {
      return rowsFrom(
        await limit.over(
          tx === undefined
            ? this.#backend.transaction(limit.signal, (own) => this.#backend.run(own, statement, args))
            : runInTransaction(tx, statement, args),
        ),
      );
    } catch (error) {
      throw faxWatchFailure(error, table);
    }
  }
}

/** From milliseconds since 1970. */
function dateOf(text: unknown): Date {
  return new Date(Number(text));
}
