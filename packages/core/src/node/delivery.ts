import type { IncomingMessage } from "node:http";
import { bodyAlreadyParsed, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits, HeaderValue, IncomingDelivery } from "../incoming.ts";
import { keptBytes } from "./kept-bytes.ts";
import { readInParts } from "./read-body.ts";

const FIX =
  "Mount the receiver before express.json(), koa-bodyparser and other body parsers; on a route of Fastify, by " +
  "{ onRequest: webhooks.handler }. If that is impossible, keep the " +
  "bytes as `rawBody` of Node's request: express.json({ verify: (req, res, bytes) => { req.rawBody = bytes; } }). " +
  "On Vercel, set NODEJS_HELPERS=0.";

const PARSED = Promise.resolve();

/**
 * For adapters: a request of `node:http` as the receiver takes it. Make it in the tick in which the framework passes the
 * request on: middleware may have started the body, and from here on the receiver sees all of it.
 *
 * @example
 * ```ts
 * const answer = await receiver.receive(new NodeDelivery(req, platform));
 * ```
 */
export class NodeDelivery<Platform> implements IncomingDelivery<Platform> {
  readonly platform: Platform;
  /** Node's own request. */
  readonly req: IncomingMessage;
  /** Whether no other code has listened to the body, read from it or paused it. */
  readonly #isUntouched: boolean;
  #isRead = false;

  /** @param platform what handlers find as `context.platform` */
  constructor(req: IncomingMessage, platform: Platform) {
    this.req = req;
    this.platform = platform;
    this.#isUntouched = req.readableFlowing === null;
    // The receiver may await secrets before it reads the body. Other listeners get the body then.
    req.pause();
  }

  /** The method of the request line. */
  get method(): string {
    return this.req.method ?? "";
  }

  /** A header by its lower-case name. */
  header(name: string): HeaderValue {
    return this.req.headers[name];
  }

  /** The raw bytes. @throws {BodyError} if the body is too large, too slow, cut off, or was read by other code */
  readBody(limits: BodyLimits): Promise<Uint8Array> {
    const kept = keptBytes(this.req);
    if (kept !== undefined) {
      return kept.byteLength > limits.limitBytes
        ? Promise.reject(bodyTooLarge(limits.limitBytes))
        : Promise.resolve(kept);
    }
    // Within this tick Node parses the bytes that came in one piece with the headers, which is nearly always the whole body.
    // It then needs neither listeners nor a timer.
    return this.#isUntouched ? PARSED.then(() => this.#takeOrRead(limits)) : this.#read(limits);
  }

  #takeOrRead(limits: BodyLimits): Uint8Array | Promise<Uint8Array> {
    const bytes = takeWhole(this.req, limits);
    if (bytes === undefined) return this.#read(limits);
    this.#isRead = true;
    return bytes;
  }

  async #read(limits: BodyLimits): Promise<Uint8Array> {
    const bytes = await readInParts(this.req, limits, () => bodyAlreadyParsed(FIX));
    this.#isRead = true;
    return bytes;
  }

  /**
   * Lets a request that was read end: until then its connection holds it in memory, with all that the application has
   * attached to it. A body that other code listens to goes on.
   */
  letGo(): void {
    const req = this.req;
    // The shorter way to the end, once Node has parsed the whole request.
    if (this.#isRead && req.complete) req.read();
    else if (this.#isRead || !this.#isUntouched) req.resume();
  }

  /** Whether the whole body has arrived, if its length was declared. */
  get hasArrived(): boolean {
    return this.#isRead || this.req.complete || isBuffered(this.req);
  }
}

function takeWhole(req: IncomingMessage, { limitBytes }: BodyLimits): Uint8Array | undefined {
  if (!isBuffered(req) || req.readableEncoding !== null) return undefined;
  if (req.readableLength > limitBytes) throw bodyTooLarge(limitBytes);
  return req.read() ?? undefined;
}

function isBuffered({ headers, readableLength }: IncomingMessage): boolean {
  return Number(headers["content-length"]) === readableLength;
}
