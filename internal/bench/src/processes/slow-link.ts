import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A network between this machine and itself on which an answer takes a while. */
export class SlowLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param roundTripMs how much longer an answer takes: what is asked is held up for that long */
  static async open(port: number, roundTripMs: number): Promise<SlowLink> {
    const link = new SlowLink(port, roundTripMs);
    link.#server.listen(0, "127.0.0.1");
    await once(link.#server, "listening");
    return link;
  }

  private constructor(port: number, roundTripMs: number) {
    this.#server = createServer({ noDelay: true }, (client) => {
      const server = connect({ port, host: "127.0.0.1", noDelay: true });
      client.on("data", (bytes) => setTimeout(() => server.write(bytes), roundTripMs));
      server.on("data", (bytes) => client.write(bytes));
      for (const [socket, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
      }
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
