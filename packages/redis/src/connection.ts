import type { RedisClient } from "./client.ts";
import { type Departure, departureOf } from "./departure.ts";
import { messageOf } from "./errors.ts";
import { type Readiness, readinessOf } from "./readiness.ts";

const connections = new WeakMap<RedisClient, Connection>();

/** One for each client, however many stores there are on it. */
export function connectionOf(client: RedisClient): Connection {
  let connection = connections.get(client);
  if (connection === undefined) {
    connection = new Connection(client);
    connections.set(client, connection);
  }
  return connection;
}

/**
 * What the stores of a client know of its connection. A server that stops without a farewell (a frozen machine, a lost
 * network) leaves the connection open, and no client leaves it by itself while commands are being written to it: so
 * they are made to, and then find the server that has taken over.
 */
export class Connection {
  /** Of all that was sent before the newest sign of life, on a single connection, nothing can be said to be ignored. */
  #signsOfLife = 0;
  #lastError: unknown;
  #staysUntilMs = 0;
  readonly #departure: Departure;
  readonly #readiness: Readiness;

  constructor(client: RedisClient) {
    this.#departure = departureOf(client);
    this.#readiness = readinessOf(client);
    // A client of node-redis without a listener would end the process.
    if ("on" in client && typeof client.on === "function") {
      client.on("error", (error: unknown) => {
        this.#signsOfLife += 1;
        this.#lastError = error;
      });
    }
  }

  get signsOfLife(): number {
    return this.#signsOfLife;
  }

  /** What the client has complained about since the last answer. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Whether a command would be sent now, not queued for a connection that is yet to come. */
  get isReady(): boolean {
    return this.#readiness.isReady;
  }

  /** Resolves with whether the client has come to be ready in time. One that waits in vain may hang on a silent server. */
  async readyWithin(timeoutMs: number): Promise<boolean> {
    const signsBefore = this.#signsOfLife;
    if (await this.#readiness.within(timeoutMs)) return true;
    setTimeout(() => this.unanswered(signsBefore, timeoutMs), timeoutMs).unref();
    return false;
  }

  answered(): void {
    this.#signsOfLife += 1;
    this.#lastError = undefined;
  }

  /** A client that says that a command has failed: the server has answered, or the client knows that it is gone. */
  failed(error: unknown, timeoutMs: number): void {
    this.#signsOfLife += 1;
    // The server was a primary once. Who looks for the primary anew finds the one that has taken over.
    if (messageOf(error).startsWith("READONLY")) this.leave(timeoutMs);
    else this.#departure.resume();
  }

  /**
   * A call has had no answer for twice the time that a call may take.
   *
   * @param signsBefore of life, when it was sent: where there are several connections, others say nothing of its own
   */
  unanswered(signsBefore: number, timeoutMs: number): void {
    if (this.#departure.isSingle && this.#signsOfLife !== signsBefore) return;
    this.leave(timeoutMs);
  }

  /** Has the client connect anew, and not again before there was time to learn whether that has helped. */
  leave(timeoutMs: number): void {
    const nowMs = performance.now();
    if (nowMs < this.#staysUntilMs) return;
    this.#staysUntilMs = nowMs + 2 * timeoutMs;
    this.#departure.depart(timeoutMs);
  }
}
