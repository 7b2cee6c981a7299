import { connect } from "node:net";
import type { SignedDelivery } from "@mintfax-webhooks/testing";

/** A delivery of which a server has the headers and half of the body. */
export interface HalfSent {
  /** Sends the rest. Resolves with the status of the answer. */
  finish(): Promise<number | undefined>;
  /** Resolves when the server closes another connection, on which nothing is going on. */
  readonly idleClosed: Promise<void>;
}

/** Resolves when the server is at work on the delivery and waits for the rest of its body. */
export async function sendHalf(url: string, { headers, body }: SignedDelivery): Promise<HalfSent> {
  const { hostname, port, pathname } = new URL(url);
  const idle = new Conversation(Number(port), hostname);
  idle.send(head("GET /", { host: hostname }));
  await idle.status(0);

  const conversation = new Conversation(Number(port), hostname);
  const own = { host: hostname, "content-length": String(body.length), connection: "close" };
  // Behind another request in the same packet: when that is answered, the server has come to this one.
  conversation.send(
    head("GET /", { host: hostname }),
    head(`POST ${pathname}`, { ...headers, ...own }),
    body.subarray(0, body.length / 2),
  );
  await conversation.status(0);
  return {
    idleClosed: idle.closed,
    finish() {
      conversation.send(body.subarray(body.length / 2));
      return conversation.status(1);
    },
  };
}

function head(start: string, headers: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${start} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

/** A connection, and the statuses of the answers that came over it. */
class Conversation {
  readonly closed: Promise<void>;
  readonly #socket;
  #text = "";

  constructor(port: number, host: string) {
    this.#socket = connect(port, host);
    this.#socket.on("data", (chunk) => {
      this.#text += chunk.toString("latin1");
    });
    // A server that refuses a request may close before it has read it; its answer is what counts.
    this.#socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
  }

  send(...pieces: readonly Uint8Array[]): void {
    this.#socket.write(Buffer.concat(pieces));
  }

  /** The status of an answer, counting from 0; undefined where the connection ends without it. */
  async status(index: number): Promise<number | undefined> {
    let ended = false;
    const closed = this.closed.then(() => {
      ended = true;
    });
    for (;;) {
      const [, status] = [...this.#text.matchAll(/HTTP\/1\.1 (\d{3}) /g)][index] ?? [];
      if (status !== undefined || ended) return status === undefined ? undefined : Number(status);
      await Promise.race([new Promise((resolve) => this.#socket.once("data", resolve)), closed]);
    }
  }
}
