import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
} from "node:net";

/** Servers on this machine, all ended at once. */
const open: (() => Promise<unknown>)[] = [];

export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((close) => close()));
}

async function listen(server: TcpServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** An HTTP server of the caller's making; resolves to its URL. */
export async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createHttpServer(listener);
  const port = await listen(server);
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}/webhooks/mintfax`;
}

/** What goes over the wire to an HTTP server, byte for byte. */
export interface Tap {
  readonly url: string;
  readonly bytes: () => Buffer;
}

/** Puts a tap in front of a server. */
export async function tap(url: string): Promise<Tap> {
  const { port: target, pathname } = new URL(url);
  const chunks: Buffer[] = [];
  const server = createTcpServer((client) => {
    const upstream = connect(Number(target), "127.0.0.1");
    client.on("data", (chunk: Buffer) => chunks.push(chunk));
    client.pipe(upstream).pipe(client);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
  });
  const port = await listen(server);
  open.push(() => new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${port}${pathname}`, bytes: () => Buffer.concat(chunks) };
}

/** What one request looks like on the wire when it arrives at a server that answers 200. */
export async function onTheWire(send: (url: string) => Promise<unknown>): Promise<Buffer> {
  const url = await serve((req, res) => {
    req.resume().on("end", () => res.writeHead(200, { connection: "close" }).end());
  });
  const wire = await tap(url);
  await send(wire.url);
  return wire.bytes();
}
