import type { IncomingMessage } from "node:http";
import { bodyAlreadyParsed, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits, HeaderValue, IncomingDelivery } from "../incoming.ts";
import { keptBytes } from "./kept-bytes.ts";
import { readInParts } from "./read-body.ts";

const FIX =
  "Mount the receiver before express.json(), koa-bodyparser and other body parsers. Where that cannot be, keep the " +
  "bytes as `rawBody` of Node's request: express.json({ verify: (req, res, bytes) => { req.rawBody = bytes; } }). " +
  "On Vercel, set NODEJS_HELPERS=0.";

/**
 * For adapters: a request of `node:http` as the receiver takes it. To be made in the same tick in which the framework
 * hands the request over: middleware may have set the body going, and from here on nothing of it goes by unseen.
 *
 * @example
 * ```ts
 * const answer = await receiver.receive(new NodeDelivery(req, platform));
 * ```
 */
export class NodeDelivery<Platform> implements IncomingDelivery<Platform> {
  readonly platform: Platform;
  readonly #req: IncomingMessage;
  /** Other code has not listened to the body, read from it or paused it. */
  readonly #isUntouched: boolean;
  #isRead = false;

  /** @param platform what handlers find as `context.platform` */
  constructor(req: IncomingMessage, platform: Platform) {
    this.#req = req;
    this.platform = platform;
    this.#isUntouched = req.readableFlowing === null;
    // Secrets may have to be awaited before the body is read. Other listeners get it then.
    req.pause();
  }

  /** As in the request line. */
  get method(): string {
    return this.#req.method ?? "";
  }

  /** A header by its lower-case name. */
  header(name: string): HeaderValue {
    return this.#req.headers[name];
  }

  /** The raw bytes. @throws {BodyError} where they cannot be had within the limits */
  async readBody(limits: BodyLimits): Promise<Uint8Array> {
    const req = this.#req;
    const kept = keptBytes(req);
    if (kept !== undefined) {
      if (kept.byteLength > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
      return kept;
    }
    let bytes: Uint8Array | undefined;
    if (this.#isUntouched) {
      // By then Node has parsed the bytes that came in one piece with the headers: all of them, nearly always. Then
      // there is nothing to listen to, and no time to watch.
      await undefined;
      bytes = takeWhole(req, limits);
    }
    bytes ??= await readInParts(req, limits, () => bodyAlreadyParsed(FIX));
    this.#isRead = true;
    return bytes;
  }

  /**
   * Lets a request that was read come to its end: until then its connection keeps it, and what the application has hung
   * on it. A body that others listen to goes on.
   */
  letGo(): void {
    const req = this.#req;
    // The shorter way to the end, once Node has parsed all of it.
    if (this.#isRead && req.complete) req.read();
    else if (this.#isRead || !this.#isUntouched) req.resume();
  }

  /** Whether nothing of the body is still on its way, as far as its length was declared. */
  get hasArrived(): boolean {
    return this.#isRead || this.#req.complete || isBuffered(this.#req);
  }
}

function takeWhole(req: IncomingMessage, { limitBytes }: BodyLimits): Uint8Array | undefined {
  if (!isBuffered(req) || req.readableEncoding !== null || req.readableDidRead) return undefined;
  if (req.readableLength > limitBytes) throw bodyTooLarge(limitBytes);
  return req.read() ?? undefined;
}

function isBuffered({ headers, readableLength }: IncomingMessage): boolean {
  return readableLength > 0 && Number(headers["content-length"]) === readableLength;
}
