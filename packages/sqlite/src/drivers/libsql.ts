import type { Call, Connection, Row } from "../connection.ts";
import { inMemory } from "../errors.ts";
import { FLUSH_ALWAYS, isTableThere, lookFor, refuseIfRequired } from "../preparation.ts";
import type { Schema } from "../schema.ts";
import type { LibsqlClient } from "./clients.ts";

/** A client of `@libsql/client`: a file, or a server. */
export class LibsqlConnection implements Connection {
  readonly answersLater = true;
  readonly isServer: boolean;
  readonly #client: LibsqlClient;
  readonly #schema: Schema;

  constructor(client: LibsqlClient, schema: Schema) {
    this.#client = client;
    this.isServer = client.protocol !== "file";
    this.#schema = schema;
  }

  async prepare(): Promise<void> {
    if (!this.isServer) await this.#setJournal();
    const { rows } = await this.#client.execute(lookFor(this.#schema));
    if (isTableThere(this.#schema, rows[0] as Row | undefined)) return;
    refuseIfRequired(this.#schema);
    await this.#client.batch(
      this.#schema.statements.map((sql) => ({ sql, args: [] })),
      "write",
    );
  }

  /** A server decides on its journal itself. */
  async #setJournal(): Promise<void> {
    const { rows } = await this.#client.execute("PRAGMA journal_mode = WAL");
    if ((rows[0] as Row | undefined)?.journal_mode === "memory") throw inMemory();
  }

  async transact(calls: readonly Call[]): Promise<readonly (readonly Row[])[]> {
    // Each time: for a transaction of the application, the client opens another connection.
    if (!this.isServer) await this.#client.execute(FLUSH_ALWAYS);
    const answers = await this.#client.batch(
      calls.map(({ sql, values }) => ({ sql, args: [...values] })),
      "write",
    );
    return answers.map(({ rows }) => rows as readonly Row[]);
  }

  async read({ sql, values }: Call): Promise<readonly Row[]> {
    const [answer] = await this.#client.batch([{ sql, args: [...values] }], "read");
    return answer?.rows as readonly Row[];
  }
}
