import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll } from "vitest";

/** A server for the tests of a file: it starts before them, and ends after them. */
export class TestDatabase {
  #server: PostgresServer | undefined;
  #admin: Pool | undefined;

  constructor() {
    beforeAll(async () => {
      this.#server = await PostgresServer.start();
      this.#admin = new Pool({ connectionString: this.url }).on("error", () => {});
    });
    afterAll(async () => {
      await this.#admin?.end();
      await this.#server?.stop();
    });
  }

  get url(): string {
    if (this.#server === undefined) throw new Error("the server has not started yet");
    return this.#server.url;
  }

  /** The operator's pool, past every store. */
  get admin(): Pool {
    if (this.#admin === undefined) throw new Error("the server has not started yet");
    return this.#admin;
  }
}
