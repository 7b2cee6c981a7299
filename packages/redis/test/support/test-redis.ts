import { Redis } from "ioredis";
import { startServer, type TestServer } from "test-support/redis-servers";
import { afterAll, beforeAll } from "vitest";

/** A server for the tests of a file or a `describe`: it starts before them, and ends after them. */
export class TestRedis {
  #server: TestServer | undefined;
  #operator: Redis | undefined;

  constructor(start: () => Promise<TestServer> = startServer) {
    beforeAll(async () => {
      this.#server = await start();
      this.#operator = new Redis(this.url);
    });
    afterAll(async () => {
      this.#operator?.disconnect();
      await this.#server?.stop();
    });
  }

  get url(): string {
    if (this.#server === undefined) throw new Error("the server has not started yet");
    return this.#server.url;
  }

  /** The operator's client, past every store. */
  get operator(): Redis {
    if (this.#operator === undefined) throw new Error("the server has not started yet");
    return this.#operator;
  }
}
