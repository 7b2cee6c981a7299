import type { RedisClient } from "./client.ts";
import { type Departure, departureOf, isCluster } from "./departure.ts";
import { messageOf } from "./errors.ts";
import { type Readiness, readinessOf } from "./readiness.ts";

const connections = new WeakMap<RedisClient, Connection>();

/** One for each client, however many stores use it. */
export function connectionOf(client: RedisClient): Connection {
  let connection = connections.get(client);
  if (connection === undefined) {
    connection = new Connection(client);
    connections.set(client, connection);
  }
  return connection;
}

/**
 * What the stores of a client know about its connection. A server that falls silent (a frozen machine, a lost network) leaves
 * the connection open, and no client closes it while commands are being written to it. So the store makes the client
 * connect again, and the client then finds the server that has taken over.
 */
export class Connection {
  /** Counts answers and errors. On a single connection, one of them shows that the server reads what was sent before it. */
  #signsOfLife = 0;
  #lastError: unknown;
  #staysUntilMs = 0;
  readonly #departure: Departure;
  readonly #readiness: Readiness;
  /** Whether keys belong to different servers. */
  readonly isCluster: boolean;

  constructor(client: RedisClient) {
    this.isCluster = isCluster(client);
    this.#departure = departureOf(client);
    this.#readiness = readinessOf(client);
    // Without a listener, an error of a node-redis client ends the process.
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

  /** The newest error event of the client since the last answer. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Whether the client would send a command now, and not queue it until it has a connection. */
  get isReady(): boolean {
    return this.#readiness.isReady;
  }

  /** Resolves with whether the client is ready in time. If not, it may be waiting for a silent server. */
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

  /** A command has failed: the server has answered, or the client knows that the server is unreachable. */
  failed(error: unknown, timeoutMs: number): void {
    this.#signsOfLife += 1;
    // The server used to be the primary. A client that connects again finds the server that has taken over.
    if (messageOf(error).startsWith("READONLY")) this.leave(timeoutMs);
    else this.#departure.resume();
  }

  /**
   * A call has had no answer for twice `timeoutMs`.
   *
   * @param signsBefore the count of signs of life when the call was sent; it proves nothing where there are several connections
   */
  unanswered(signsBefore: number, timeoutMs: number): void {
    if (this.#departure.isSingle && this.#signsOfLife !== signsBefore) return;
    this.leave(timeoutMs);
  }

  /** Makes the client connect again, at most once in twice `timeoutMs`, so that it has time to succeed. */
  leave(timeoutMs: number): void {
    const nowMs = performance.now();
    if (nowMs < this.#staysUntilMs) return;
    this.#staysUntilMs = nowMs + 2 * timeoutMs;
    this.#departure.depart(timeoutMs);
  }
}
