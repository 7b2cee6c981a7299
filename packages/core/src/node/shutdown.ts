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
   * How long a shutdown may take in all, in milliseconds. Default 40,000: a handler's 25,000 (`deadlineMs`), what
   * recording its result may take after that, and room. Raise it with `deadlineMs`; the platform has to grant more than
   * this before it kills the process.
   */
  readonly limitMs?: number;
  /** Closes what handlers use, such as pools and clients. Called once, when nothing is left that needs it. */
  readonly afterwards?: () => unknown;
}

/** A server of `node:http`, `node:https` or `node:http2`; `serve()` of `@hono/node-server` returns one. */
export type ShutdownServer = Server | Http2Server | Http2SecureServer;

/** Between two looks at the connections; and how long one may be quiet after the first of them. */
const LOOK_MS = 250;
/** Looks before connections are closed that wait for a request: one may be on its way to them at the start. */
const FIRST_LOOKS = 2;
/** Looks before connections go on which nothing is going on that could be waited for. */
const LAST_LOOKS = 3;

/**
 * Makes the function that ends a server without losing a delivery: it takes no new connections, has the answers from then
 * on close theirs (`Connection: close`), waits until the last one has left and `drain()` is over, and calls `afterwards`.
 * To be called when the server is made, since it has to know the requests under way.
 *
 * @param webhooks the receivers that the server serves
 * @returns a function to call at SIGTERM. A second call returns the promise of the first. It rejects with a
 *   {@link ShutdownIncompleteError} where the limit passes, after it has closed all connections, and with what
 *   `afterwards` throws
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

/** What goes on between a server and its clients. */
class Traffic {
  readonly #server: ShutdownServer;
  readonly #sockets = new Set<Socket>();
  /** In the order of their requests. */
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
    // An application that listens to these gets requests with `Expect` there, and only there.
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
    // Connections that were made before are there by then.
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

  /** `close()` of an HTTP server would close idle connections too, and a request may be on its way to one of them. */
  #stopListening(): void {
    if (this.#server instanceof NetServer) NetServer.prototype.close.call(this.#server);
    else (this.#server as Server).close();
  }

  /** Has an answer close its connection. Behind several requests sent at once it has to be the last one. */
  #makeLast(res: ServerResponse): void {
    // Of HTTP/2, the session is closed.
    if (http2StreamOf(res) !== undefined) return;
    for (const earlier of this.#unanswered) {
      if (earlier !== res && earlier.req.socket === res.req.socket) setClose(earlier, false);
    }
    setClose(res, true);
  }

  /** Connections that wait for a request, or for the first byte of one. */
  #closeIdle(): void {
    const server = this.#server as Server;
    server.closeIdleConnections?.();
    // Those of TLS are read by another socket.
    if ("setSecureContext" in server) return;
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  /** Closes what is left: heads of requests that were never finished, sockets of an application's own protocol. */
  cutOff(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function setClose(res: ServerResponse, isLast: boolean): void {
  if (res.headersSent) return;
  try {
    if (isLast) res.setHeader("connection", "close");
    else res.removeHeader("connection");
  } catch {
    // Patched by the application. The connection is closed once it is idle.
  }
}
