import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { gate } from "test-support/gate";

/**
 * Stands in front of the clinic's server, as with a hosting company: its address stays the same, and while the server
 * restarts, connections wait.
 */
export class ReverseProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #serverPort = 0;
  #listening = gate();
  /** The next connection gets through, but no answer comes back. */
  #cutsNext = false;

  static async open(): Promise<ReverseProxy> {
    const proxy = new ReverseProxy();
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  private constructor() {
    this.#server = createServer((socket) => {
      const isCut = this.#cutsNext;
      const { promise } = this.#listening;
      if (isCut) this.serverEnds();
      void promise.then(() => this.#join(socket, connect(this.#serverPort, "127.0.0.1"), isCut));
      this.#keep(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  serverListens(port: number): void {
    this.#serverPort = port;
    this.#listening.open();
  }

  serverEnds(): void {
    this.#cutsNext = false;
    this.#listening = gate();
  }

  /** The next delivery reaches the server, its answer does not come back, and deliveries after that wait for a restart. */
  cutNext(): void {
    this.#cutsNext = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(socket: Socket, server: Socket, isCut: boolean): void {
    this.#keep(server);
    socket.pipe(server);
    if (!isCut) server.pipe(socket);
    else server.resume();
    server.once("close", () => socket.destroy());
    socket.once("close", () => server.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // A side that ends abruptly ends the other one, too.
    socket.on("error", () => {});
  }
}
