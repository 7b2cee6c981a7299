import type { AddressInfo, Socket } from "node:net";
import { serve } from "@hono/node-server";

/** A server that listens. */
export interface Listening {
  /** Without a path. */
  readonly origin: string;
  /** Cuts off what is under way and frees the port. */
  close(): Promise<void>;
}

/** Far more than browsers and tests open. Each costs some 20 KiB. */
const CONNECTIONS_MAX = 2_000;
/** Of the headers of a request, and of all of it: a connection that sends nothing makes room. */
const LIMITS = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };

/** @throws Node's error, where the port is in use */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  hostname: string,
  wantedPort: number,
): Promise<Listening> {
  const server = serve({ fetch, hostname, port: wantedPort, serverOptions: LIMITS });
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    socket.once("close", () => {
      connections -= 1;
    });
    if (connections > CONNECTIONS_MAX) refuse(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve).once("error", reject);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}

const REFUSAL = JSON.stringify({
  error: "too_many_connections",
  message: `${CONNECTIONS_MAX} connections are open already. Close some.`,
});

/** Before anything is read of it. */
function refuse(socket: Socket): void {
  socket.on("error", () => {});
  socket.end(
    `HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nconnection: close\r\n` +
      `content-length: ${REFUSAL.length}\r\n\r\n${REFUSAL}`,
    () => socket.destroySoon(),
  );
}
