import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { wrongKind } from "../given.ts";
import { closeServer, openServer, originOf } from "./listening.ts";

/**
 * An Express app, Koa's `app.callback()`, or a listener or server of `node:http`, listening or not, as supertest takes
 * them.
 */
export type NodeApp = Server | ((req: IncomingMessage, res: ServerResponse) => unknown);

/** An app on a real port of this machine. A test sender takes it as `to`. */
export interface NodeServer {
  /** The same request over HTTP. */
  (request: Request): Promise<Response>;
  /**
   * Closes the port and all connections, so that later requests are refused. A server that was listening before
   * `nodeServer` stays open. The process can end without this.
   */
  close(): Promise<void>;
  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a port on 127.0.0.1 for an app with the first request to it. The port and its connections do not keep the process
 * alive. A server that is listening already keeps its port.
 *
 * @throws {TypeError} for a value that is neither a listener nor a server, such as a Koa app without `callback()`
 *
 * @example
 * ```ts
 * const sender = createTestSender({ secret, to: nodeServer(app), timeScale: 0 });
 * const report = await sender.deliver(eventFixture("fax.delivered"));
 * ```
 */
export function nodeServer(app: NodeApp): NodeServer {
  const server = serverOf(app);
  let opened: Promise<string> | undefined;
  const origin = async (): Promise<string> => {
    if (opened === undefined && server.listening) return originOf(server);
    opened ??= openServer(server);
    return opened;
  };

  const handle = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const { method, headers, redirect, signal } = request;
    // As bytes: a stream would be sent in chunks, without the content-length that mintfax sends.
    const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
    return fetch((await origin()) + pathname + search, { method, headers, body, redirect, signal });
  };
  const close = async (): Promise<void> => {
    if (opened === undefined) return;
    await opened.catch(() => {});
    await closeServer(server);
  };
  return Object.assign(handle, { close, [Symbol.asyncDispose]: close });
}

function serverOf(app: NodeApp): Server {
  if (typeof app === "function") return createServer(app);
  if (typeof app?.address === "function") return app;
  throw wrongKind(
    app,
    "a function (req, res) or a server of node:http",
    "For a Koa app, pass app.callback(); for Fastify, after app.ready(), app.server; for Nest, after app.init(), " +
      "app.getHttpServer(). A Hono app needs no server: createTestSender({ to: app.fetch }).",
  );
}
