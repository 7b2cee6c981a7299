import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** One port in front of several receivers: every connection goes to the next one that takes it. */
export class FrontDoor {
  readonly #server: Server;
  /** Of each backend, what is connected to it. */
  readonly #backends = new Map<number, Set<Socket>>();
  #turn = 0;

  static async open(): Promise<FrontDoor> {
    const door = new FrontDoor();
    door.#server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 });
    await once(door.#server, "listening");
    return door;
  }

  private constructor() {
    this.#server = createServer({ noDelay: true }, (client) => {
      client.on("error", () => {});
      this.#pass(client, this.#backends.size);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  add(port: number): void {
    this.#backends.set(port, new Set());
  }

  /** As a load balancer does with a backend that fails its health check: no more connections to it, old ones end. */
  remove(port: number): void {
    for (const client of this.#backends.get(port) ?? []) client.destroy();
    this.#backends.delete(port);
  }

  close(): void {
    for (const port of [...this.#backends.keys()]) this.remove(port);
    this.#server.close();
  }

  #pass(client: Socket, tries: number): void {
    const ports = [...this.#backends.keys()];
    const port = ports[this.#turn++ % ports.length];
    if (port === undefined || tries === 0) {
      client.destroy();
      return;
    }
    const backend = connect({ port, host: "127.0.0.1", noDelay: true });
    const refused = () => this.#pass(client, tries - 1);
    backend.once("error", refused);
    backend.once("connect", () => {
      backend.off("error", refused).on("error", () => client.destroy());
      this.#backends.get(port)?.add(client);
      client.once("close", () => {
        this.#backends.get(port)?.delete(client);
        backend.destroy();
      });
      backend.once("close", () => client.destroy());
      client.pipe(backend).pipe(client);
    });
  }
}
