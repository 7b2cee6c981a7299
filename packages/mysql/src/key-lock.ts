import type { DedupKey } from "@mintfax-webhooks/core/store";
import { rowsOf, unexpected, wholeFrom, write } from "./answers.ts";
import { lockOf } from "./lock-name.ts";
import type { MysqlConnection } from "./pool.ts";

/**
 * A process that was paused or cut off keeps its transaction, and with it the event, for as long as the server believes that
 * the connection is alive: 8 hours by default. So the server ends the connection after 60 s without a statement, before
 * mintfax's third attempt.
 */
const IDLE_LIMIT_SECONDS = 60;

/**
 * A lock of the session for one key of one table. No statement waits for it: a row that another transaction has inserted
 * would have to be waited for.
 */
export class KeyLock {
  readonly #connection: MysqlConnection;
  readonly #name: string;
  readonly #idleSeconds: number;

  private constructor(connection: MysqlConnection, name: string, idleSeconds: number) {
    this.#connection = connection;
    this.#name = name;
    this.#idleSeconds = idleSeconds;
  }

  /** Resolves with undefined where another session has it. */
  static async take(connection: MysqlConnection, table: string, key: DedupKey): Promise<KeyLock | undefined> {
    const name = lockOf(table, key);
    const [row] = await rowsOf(
      connection,
      `SELECT CAST(GET_LOCK(${name}, 0) AS CHAR) AS taken, CAST(@@SESSION.wait_timeout AS CHAR) AS idle_seconds`,
    );
    const idleSeconds = wholeFrom(row?.idle_seconds);
    const taken = wholeFrom(row?.taken);
    if (idleSeconds === undefined || taken === undefined) throw unexpected();
    if (taken !== 1) return undefined;
    const lock = new KeyLock(connection, name, idleSeconds);
    await lock.#limitIdle(Math.min(idleSeconds, IDLE_LIMIT_SECONDS));
    return lock;
  }

  /** Once the transaction is over. */
  async give(): Promise<void> {
    await this.#limitIdle(this.#idleSeconds);
    await write(this.#connection, `DO RELEASE_LOCK(${this.#name})`);
  }

  async #limitIdle(seconds: number): Promise<void> {
    if (this.#idleSeconds > IDLE_LIMIT_SECONDS)
      await write(this.#connection, `SET SESSION wait_timeout = ${seconds}`);
  }
}
