import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { Server as NetServer } from "node:net";
import { within } from "../bounds.ts";
import { ShutdownIncompleteError } from "../errors.ts";
import type { Webhooks } from "../webhooks.ts";
import { http2StreamOf } from "./http2.ts";

/** Options of {@link createShutdown}. */
export interface ShutdownOptions {
  /**
   * How long a shutdown may take in all, in milliseconds. Default 40,000: a handler's 25,000 (`deadlineMs`), time to
   * record its result, and a margin. Raise it together with `deadlineMs`. The platform must allow more than this before
   * it kills the process.
   */
  readonly limitMs?: number;
  /** Closes what handlers use, such as pools and clients. Called once, after the last handler and `drain()`. */
  readonly afterwards?: () => unknown;
}

/** A server of `node:http`, `node:https` or `node:http2`; `serve()` of `@hono/node-server` returns one. */
export type ShutdownServer = Server | Http2Server | Http2SecureServer;

/** Between two looks at the connections, and how long one may be quiet after the first look. */
const LOOK_MS = 250;
/** Looks before idle connections are closed: a request may be on its way to them at the start. */
const FIRST_LOOKS = 2;
/** Looks before all connections are closed, if no request is under way. */
const LAST_LOOKS = 3;

/**
 * Makes the function that ends a server without losing a delivery. It stops new connections, closes the others with their
 * next answer (`Connection: close`), waits for the last answer and for `drain()`, and calls `afterwards`. Call
 * `createShutdown` when you make the server, so that it knows the requests under way.
 *
 * @param webhooks the receivers that the server serves
 * @returns a function to call at SIGTERM. A second call returns the promise of the first. It rejects with a
 *   {@link ShutdownIncompleteError} once `limitMs` has passed and all connections are closed, and with what `afterwards`
 *   throws
 * @throws {ConfigurationError} for a `limitMs` that is not between 1 and 600,000
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ store });
 * const server = express().use(webhooks).listen(3000);
 * process.on("SIGTERM", createShutdown(server, webhooks, { afterwards: () => pool.end() }));
 * ```
 */
export function createShutdown(
  server: ShutdownServer,
  webhooks: Pick<Webhooks, "drain"> | readonly Pick<Webhooks, "drain">[],
  { limitMs = 40_000, afterwards }: ShutdownOptions = {},
): () => Promise<void> {
  const traffic = new Traffic(server);
  const receivers = [webhooks].flat() as Pick<Webhooks, "drain">[];
  within("limitMs", limitMs, 1, 600_000);
  let ending: Promise<void> | undefined;
  return () => {
    ending ??= end(traffic, receivers, limitMs, afterwards);
    return ending;
  };
}

async function end(
  traffic: Traffic,
  receivers: readonly Pick<Webhooks, "drain">[],
  limitMs: number,
  afterwards: ShutdownOptions["afterwards"],
): Promise<void> {
  let waitingFor = "the last answers";
  const steps = async (): Promise<void> => {
    await traffic.end();
    waitingFor = "drain(): a handler, or work given to waitUntil()";
    await Promise.all(receivers.map((receiver) => receiver.drain()));
    waitingFor = "`afterwards`";
    await afterwards?.();
  };
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ShutdownIncompleteError(limitMs, waitingFor)), limitMs);
  });
  try {
    await Promise.race([steps(), limit]);
  } finally {
    clearTimeout(timer);
    traffic.cutOff();
  }
}

/** The connections and requests of a server. */
class Traffic {
  readonly #server: ShutdownServer;
  readonly #sockets = new Set<Socket>();
  /** In the order of the requests. */
  readonly #unanswered = new Set<ServerResponse>();
  readonly #sessions = new Set<ServerHttp2Session>();
  #isEnding = false;

  constructor(server: ShutdownServer) {
    this.#server = server;
    server.prependListener("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.prependListener("session", (session: ServerHttp2Session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
    });
    const onRequest = this.#onRequest.bind(this);
    server.prependListener("request", onRequest);
    // An application that listens to these events gets requests with `Expect` by them, and not by "request".
    for (const name of ["checkContinue", "checkExpectation"]) {
      if (server.listenerCount(name) > 0) server.prependListener(name, onRequest);
    }
  }

  #onRequest(_req: IncomingMessage, res: ServerResponse): void {
    if (this.#isEnding) this.#makeLast(res);
    this.#unanswered.add(res);
    res.once("close", () => this.#unanswered.delete(res));
  }

  /** Resolves when every request has been answered and every connection is closed. */
  async end(): Promise<void> {
    this.#isEnding = true;
    // By then the server knows the connections that were made before.
    await new Promise(setImmediate);
    const closed = new Promise<void>((resolve) => this.#server.once("close", resolve));
    this.#stopListening();
    for (const res of this.#unanswered) this.#makeLast(res);
    for (const session of this.#sessions) session.close();
    let looks = 0;
    const timer = setInterval(() => {
      looks += 1;
      if (looks >= FIRST_LOOKS) this.#closeIdle();
      if (looks >= LAST_LOOKS && this.#unanswered.size + this.#sessions.size === 0) this.cutOff();
    }, LOOK_MS);
    try {
      await closed;
    } finally {
      clearInterval(timer);
    }
  }

  /** `close()` of an HTTP server would close idle connections too, although a request may be on its way to one. */
  #stopListening(): void {
    if (this.#server instanceof NetServer) NetServer.prototype.close.call(this.#server);
    else (this.#server as Server).close();
  }

  /** Has an answer close its connection. Of several requests sent at once, only the last answer may do so. */
  #makeLast(res: ServerResponse): void {
    // Over HTTP/2, the session is closed instead.
    if (http2StreamOf(res) !== undefined) return;
    for (const earlier of this.#unanswered) {
      if (earlier.req.socket === res.req.socket) setClose(earlier, false);
    }
    setClose(res, true);
  }

  /** Connections that wait for a request, or for the first byte of one. */
  #closeIdle(): void {
    const server = this.#server as Server;
    server.closeIdleConnections?.();
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  /** Closes the remaining connections: unfinished request heads, sockets of an application's own protocol. */
  cutOff(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function setClose(res: ServerResponse, isLast: boolean): void {
  try {
    if (isLast) res.setHeader("connection", "close");
    else res.removeHeader("connection");
  } catch {
    // Its headers are sent, or the application patched the response. Its connection is closed once it is idle.
  }
}
