import { once } from "node:events";
import type { Server } from "node:http";

/**
 * Makes a server listen on a free port of 127.0.0.1, without keeping the process alive.
 *
 * @returns its origin
 */
export async function openServer(server: Server): Promise<string> {
  // A client that waits for an answer keeps the process alive by its own end of the connection.
  server.on("connection", (socket) => socket.unref());
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return originOf(server);
}

/** @throws {TypeError} where the server listens on a pipe, or does not listen */
export function originOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new TypeError("nodeServer: this server does not listen on a port.");
  }
  const { family, port } = address;
  const isAnywhere = address.address === "::" || address.address === "0.0.0.0";
  const host = isAnywhere ? "127.0.0.1" : address.address;
  return `http://${family === "IPv6" && !isAnywhere ? `[${host}]` : host}:${port}`;
}

export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
