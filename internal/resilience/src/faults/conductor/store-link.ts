import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { sleep } from "../terms.ts";

/** The two ends of a connection that goes through. */
interface Pair {
  readonly client: Socket;
  readonly store: Socket;
  /** The store's end is gone, and the client has not been told. */
  halfOpen: boolean;
  /** Until all earlier answers have been handed on. */
  earlier: Promise<unknown>;
}

/** The network between one receiver and its store. */
export class StoreLink {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #cutting = false;
  #cuttingInHalf = false;
  #stalled = false;
  #delayMs = 0;

  static async open(storePort: number): Promise<StoreLink> {
    const link = new StoreLink(storePort);
    link.#server.listen(0, "127.0.0.1");
    await once(link.#server, "listening");
    return link;
  }

  private constructor(storePort: number) {
    this.#server = createServer({ noDelay: true }, (client) => {
      this.#join(client, connect({ port: storePort, host: "127.0.0.1", noDelay: true }));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What is asked arrives and is done, but instead of its answer comes the end of the connection. */
  async cut(ms: number): Promise<void> {
    this.#cutting = true;
    await sleep(ms);
    this.#cutting = false;
  }

  /** Half of what is asked at a time arrives, and then comes the end of the connection. */
  async cutInHalf(ms: number): Promise<void> {
    this.#cuttingInHalf = true;
    await sleep(ms);
    this.#cuttingInHalf = false;
  }

  /** Nothing passes, either way, on old connections and new ones. What was held up arrives afterwards. */
  async stall(ms: number): Promise<void> {
    this.#stalled = true;
    for (const pair of this.#pairs) this.#flow(pair);
    await sleep(ms);
    this.#stalled = false;
    for (const pair of this.#pairs) this.#flow(pair);
  }

  /** The store has lost its connections, the receiver has not noticed: what it sends goes nowhere. */
  async halfOpen(until: Promise<unknown>): Promise<void> {
    const pairs = [...this.#pairs];
    for (const pair of pairs) {
      pair.halfOpen = true;
      pair.store.destroy();
    }
    await until;
    for (const { client } of pairs) client.destroy();
  }

  /** Every answer takes so much longer. */
  async delay(byMs: number, ms: number): Promise<void> {
    this.#delayMs = byMs;
    await sleep(ms);
    this.#delayMs = 0;
  }

  close(): void {
    for (const { client, store } of this.#pairs) {
      client.destroy();
      store.destroy();
    }
    this.#server.close();
  }

  #join(client: Socket, store: Socket): void {
    const pair: Pair = { client, store, halfOpen: false, earlier: Promise.resolve() };
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      store.destroy();
      if (!pair.halfOpen) client.destroy();
    };
    client.on("error", () => {}).once("close", end);
    store.on("error", () => {}).once("close", end);
    client.on("data", (bytes) => {
      if (pair.halfOpen) return;
      if (this.#cuttingInHalf) {
        store.end(bytes.subarray(0, bytes.length >> 1));
        client.destroy();
        return;
      }
      store.write(bytes);
    });
    store.on("data", (bytes) => {
      if (this.#cutting) {
        client.destroy();
        return;
      }
      const due = this.#delayMs > 0 ? sleep(this.#delayMs) : undefined;
      pair.earlier = Promise.all([pair.earlier, due]).then(() => client.write(bytes));
    });
    this.#flow(pair);
  }

  #flow({ client, store }: Pair): void {
    for (const socket of [client, store]) {
      if (this.#stalled) socket.pause();
      else socket.resume();
    }
  }
}
