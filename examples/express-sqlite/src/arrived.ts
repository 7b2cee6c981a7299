import Database from "better-sqlite3";

/**
 * The faxes that have arrived, in a table beside the store's. It is the application's own connection: the store's commits are
 * the store's.
 */
export class Arrived {
  readonly #database: Database.Database;

  constructor(file: string) {
    this.#database = new Database(file);
    this.#database.exec("CREATE TABLE IF NOT EXISTS arrived (fax TEXT PRIMARY KEY) STRICT");
  }

  /** If an event is processed twice, after a crash, the table stays the same. */
  add(fax: string): void {
    this.#database.prepare("INSERT INTO arrived (fax) VALUES (?) ON CONFLICT DO NOTHING").run(fax);
  }

  list(): unknown[] {
    return this.#database.prepare("SELECT fax FROM arrived ORDER BY fax").pluck().all();
  }

  close(): void {
    this.#database.close();
  }
}
