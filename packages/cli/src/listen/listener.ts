import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { createMemoryStore, createPathMatcher } from "@mintfax-webhooks/core";
import type { CapturedRequest } from "@mintfax-webhooks/diagnose";
import { UsageError } from "../usage-error.ts";
import type { Arrival } from "./arrival.ts";
import { DiagnosisThread } from "./diagnosis-thread.ts";
import { type Entry, isAuthentic } from "./entry.ts";
import { essentialsOf } from "./essentials.ts";
import { forward, passBack } from "./forward.ts";
import { headerPairs } from "./header-pairs.ts";
import { keepBody, receive, type Verified, verify } from "./receive.ts";

/** How to listen. */
export interface ListenerOptions {
  readonly port: number;
  readonly path: string;
  readonly secrets: readonly string[];
  readonly forward: URL | undefined;
  readonly showNumbers: boolean;
  /** Called before a delivery is passed on. Returns what is called with its entry. */
  readonly onArrival: (arrival: Arrival) => ((entry: Entry) => void) | undefined;
  readonly onDelivery: (entry: Entry) => void;
  /** Called for a request whose path is not that of deliveries. */
  readonly onStranger: (method: string, path: string) => void;
  /** Called for an error of this command while it handled a request. */
  readonly onProblem: (error: unknown) => void;
}

/** How long requests under way may take when the listener is closed. */
const CLOSE_MS = 2_000;

/** A receiver on this machine that reports the outcome of each delivery. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #isOwnPath: (pathname: string) => boolean;
  readonly #store: ReturnType<typeof createMemoryStore> = createMemoryStore();
  readonly #diagnoses = new DiagnosisThread();
  /** Requests whose line has not been printed. */
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#isOwnPath = createPathMatcher(options.path);
    this.#server = createServer((req, res) => {
      const handled = this.#handle(req, res).catch((error: unknown) => {
        this.#options.onProblem(error);
        res.destroy();
      });
      this.#underWay.add(handled);
      void handled.then(() => this.#underWay.delete(handled));
    });
  }

  /**
   * Reachable from this machine alone: payloads are health data.
   *
   * @returns its origin
   * @throws {UsageError} where the port cannot be opened
   */
  async open(): Promise<string> {
    const { port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const why = error.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${error.code})`;
        reject(new UsageError(`Port ${port} ${why}. Choose another with --port; 0 picks a free one.`));
      });
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : port}`;
  }

  /** Takes no more requests. Resolves once those under way are answered, after {@link CLOSE_MS} at the latest. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(timer);
    this.#diagnoses.close();
    await Promise.all(this.#underWay);
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [path = ""] = (req.url ?? "").split("?");
    if (!this.#isOwnPath(path)) {
      this.#options.onStranger(req.method ?? "", path);
      res.writeHead(404, { "content-type": "application/json", connection: "close" });
      res.end(JSON.stringify({ message: `This server takes deliveries at ${this.#options.path}.` }));
      return;
    }
    const at = new Date();
    const startMs = performance.now();
    const body = await keepBody(req);
    const { secrets, onArrival, onDelivery, showNumbers } = this.#options;
    const isReadable = body instanceof Uint8Array;
    const request = captured(req, isReadable ? body : new Uint8Array());
    let onEnd: ((entry: Entry) => void) | undefined;
    const arrived = (verified: Verified): void => {
      onEnd = onArrival({ at, request, verified });
    };
    const { verified, forwarded } = await (isReadable
      ? this.#answer(req, res, body, arrived)
      : refuse(res, body, arrived));
    const durationMs = performance.now() - startMs;
    const diagnosed =
      isReadable && !isAuthentic(verified) ? await this.#diagnoses.diagnose({ request, secrets, at }) : {};
    const entry: Entry = {
      at,
      verified,
      essentials: isReadable && isAuthentic(verified) ? essentialsOf(body, showNumbers) : {},
      durationMs,
      forwarded,
      ...diagnosed,
    };
    onDelivery(entry);
    onEnd?.(entry);
  }

  async #answer(
    req: IncomingMessage,
    res: ServerResponse,
    body: Uint8Array,
    arrived: (verified: Verified) => void,
  ): Promise<Answered> {
    const { secrets, forward: target } = this.#options;
    if (target === undefined) {
      const verified = await receive(req, res, secrets, this.#store);
      arrived(verified);
      return { verified, forwarded: undefined };
    }
    const verified = await verify(req, secrets, this.#store);
    arrived(verified);
    const forwarded = await forward(req, body, target);
    passBack(res, forwarded);
    return { verified, forwarded };
  }
}

type Answered = Pick<Entry, "verified" | "forwarded">;

function captured({ method = "", url = "", rawHeaders }: IncomingMessage, body: Uint8Array): CapturedRequest {
  return { method, url, headers: headerPairs(rawHeaders), body };
}

function refuse(res: ServerResponse, verified: Verified, arrived: (verified: Verified) => void): Answered {
  arrived(verified);
  const { outcome, code, message } = verified;
  if (!res.destroyed) {
    res.writeHead(verified.status, { "content-type": "application/json", connection: "close" });
    res.end(JSON.stringify({ outcome, code, message }));
  }
  return { verified, forwarded: undefined };
}
