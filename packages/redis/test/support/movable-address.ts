import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** An address that a server takes over from another, as a virtual one does: connections that are open stay where they are. */
export class MovableAddress {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port: number;

  static async open(port: number): Promise<MovableAddress> {
    const address = new MovableAddress(port);
    address.#server.listen(0, "127.0.0.1");
    await once(address.#server, "listening");
    return address;
  }

  private constructor(port: number) {
    this.#port = port;
    this.#server = createServer((client) => {
      const server = connect(this.#port, "127.0.0.1");
      for (const [socket, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(socket);
        socket
          .on("error", () => {})
          .once("close", () => {
            this.#sockets.delete(socket);
            other.destroy();
          });
        socket.pipe(other);
      }
    });
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  moveTo(port: number): void {
    this.#port = port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
