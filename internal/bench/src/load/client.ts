import { connect, type Socket } from "node:net";
import { percentiles } from "../stats/summary.ts";
import { type Expected, type HttpAnswer, isExpected, parseAnswer } from "./answers.ts";
import type { Wire } from "./wire.ts";

/** What became of a wire's worth of requests. */
export interface LoadResult {
  readonly sent: number;
  /** Answers that were not what was expected, broken connections included. */
  readonly wrong: number;
  /** The first few of them. */
  readonly examples: readonly string[];
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const EXAMPLES = 3;
/** Fewer than Node lets wait to be accepted (511): beyond, Linux drops what would open a connection, and tries again after a second. */
const OPENED_AT_ONCE = 128;
/** Larger than any answer here; longer ones come in parts. */
const READ_BYTES = 16_384;

/** Where to send, over how many connections, and what is to be answered. */
export interface Destination {
  readonly port: number;
  readonly connections: number;
  readonly expected: Expected;
}

/** Opens connections ahead of {@link send}. */
export async function open({ port, connections, expected }: Destination): Promise<readonly Connection[]> {
  const opened: Connection[] = [];
  while (opened.length < connections) {
    const next = Array.from(
      { length: Math.min(OPENED_AT_ONCE, connections - opened.length) },
      () => new Connection(port, expected),
    );
    await Promise.all(next.map((connection) => connection.opened()));
    opened.push(...next);
  }
  return opened;
}

/**
 * Sends every request of a wire over connections that are kept alive, each with one request in flight, and looks at
 * every answer. A minimal client, so that it takes less of a core than the server that it measures.
 */
export function send(wire: Wire, connections: readonly Connection[]): Promise<LoadResult> {
  return new Promise((resolve) => {
    const latenciesMs = new Float64Array(wire.count);
    const examples: string[] = [];
    let next = 0;
    let answered = 0;
    let wrong = 0;
    const startMs = performance.now();
    let polling = setImmediate(poll);

    // A client that slept between answers would have to be woken by the server's writes, which costs a virtual machine more
    // than everything that is measured here, and the more, the slower the server is.
    function poll(): void {
      polling = setImmediate(poll);
    }

    function settle(n: number, sentMs: number, fault: string | undefined): void {
      const nowMs = performance.now();
      latenciesMs[n] = nowMs - sentMs;
      if (fault !== undefined) {
        wrong += 1;
        if (examples.length < EXAMPLES) examples.push(fault.slice(0, 500));
      }
      answered += 1;
      if (answered < wire.count) return;
      clearImmediate(polling);
      const seconds = (nowMs - startMs) / 1000;
      const [p50Ms = 0, p99Ms = 0] = percentiles(latenciesMs, [0.5, 0.99]);
      resolve({ sent: wire.count, wrong, examples, seconds, p50Ms, p99Ms });
    }

    const source: Source = {
      take: () => (next < wire.count ? next++ : undefined),
      bytes: (n) => wire.get(n),
      settle,
    };
    for (const connection of connections) connection.start(source);
  });
}

interface Source {
  take(): number | undefined;
  bytes(n: number): Buffer;
  settle(n: number, sentMs: number, fault: string | undefined): void;
}

/** A connection that is kept alive, with one request in flight. */
export class Connection {
  readonly #port: number;
  readonly #expected: Expected;
  #source: Source | undefined;
  #socket: Socket | undefined;
  /** The request in flight. */
  #n: number | undefined;
  #sentMs = 0;
  #received = "";

  constructor(port: number, expected: Expected) {
    this.#port = port;
    this.#expected = expected;
  }

  /** Where the server cannot be reached, the first request will tell. */
  opened(): Promise<void> {
    const socket = this.#open();
    this.#socket = socket;
    return new Promise((resolve) => {
      socket.once("connect", resolve).once("close", () => resolve());
    });
  }

  start(source: Source): void {
    this.#source = source;
    this.#next(source);
  }

  #next(source: Source): void {
    this.#n = source.take();
    if (this.#n === undefined) {
      this.#drop();
      return;
    }
    // Opening a connection, where the server closed the last one, is part of what the request takes.
    this.#sentMs = performance.now();
    this.#socket ??= this.#open();
    this.#socket.write(source.bytes(this.#n));
  }

  #open(): Socket {
    const socket = connect({
      port: this.#port,
      host: "127.0.0.1",
      noDelay: true,
      // One buffer for all reads: nothing is allocated for an answer but its text.
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (length, buffer) => {
          if (socket === this.#socket) this.#onText((buffer as Buffer).toString("latin1", 0, length));
          return true;
        },
      },
    });
    const onEnd = (why: string) => {
      if (socket !== this.#socket) return;
      this.#drop();
      if (this.#n !== undefined) this.#settle(`${why} after ${JSON.stringify(this.#received)}`);
    };
    socket.on("error", (error) => onEnd(error.message));
    socket.on("close", () => onEnd("connection closed"));
    return socket;
  }

  #onText(text: string): void {
    this.#received = this.#received === "" ? text : this.#received + text;
    const answer = parseAnswer(this.#received);
    if (answer === undefined) return;
    if (answer.closes) this.#drop();
    this.#settle(this.#faultOf(answer));
  }

  #faultOf(answer: HttpAnswer): string | undefined {
    return isExpected(answer, this.#expected) ? undefined : this.#received;
  }

  #settle(fault: string | undefined): void {
    const n = this.#n as number;
    const source = this.#source as Source;
    this.#received = "";
    this.#n = undefined;
    source.settle(n, this.#sentMs, fault);
    this.#next(source);
  }

  #drop(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
