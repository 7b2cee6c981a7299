import type { IncomingMessage } from "node:http";
import { bodyAlreadyParsed, bodyIncomplete, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits, IncomingDelivery } from "../delivery/incoming.ts";
import type { HeaderValue } from "../signature/headers.ts";
import { readStream } from "./read-stream.ts";

/** What body parsers leave on a request. */
type ParsedRequest = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown };

const FIX =
  "Mount the receiver before express.json(), koa-bodyparser and other body parsers. Where that cannot be, keep the " +
  "bytes as `rawBody` of Node's request: express.json({ verify: (req, res, bytes) => { req.rawBody = bytes; } }).";

/**
 * For adapters: a request of `node:http` as the receiver takes it.
 *
 * @example
 * ```ts
 * const answer = await receiver.receive(new NodeDelivery(req, platform));
 * ```
 */
export class NodeDelivery<Platform> implements IncomingDelivery<Platform> {
  readonly platform: Platform;
  readonly #req: IncomingMessage;
  #isRead = false;

  /** @param platform what handlers find as `context.platform` */
  constructor(req: IncomingMessage, platform: Platform) {
    this.#req = req;
    this.platform = platform;
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
    let bytes = keptBytes(req);
    if (bytes !== undefined) {
      if (bytes.byteLength > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
      return bytes;
    }
    if (req.readableDidRead || req.readableEnded || req.readableEncoding !== null) {
      throw bodyAlreadyParsed(FIX);
    }
    // It would tell nobody any more that it has ended.
    if (req.destroyed) throw bodyIncomplete(req.errored);
    // By then Node has parsed the bytes that came in one piece with the headers: all of them, nearly always. Nobody then
    // has to listen, or to watch the time.
    await undefined;
    bytes = takeWhole(req, limits) ?? (await readStream(req, limits));
    this.#isRead = true;
    return bytes;
  }

  /**
   * Lets the request come to its end, if somebody waits for that. For nobody it would cost as much as a claim and its
   * completion.
   */
  letGo(): void {
    if (this.#isRead && this.isAwaited) this.#req.resume();
  }

  /** Whether somebody waits for a request to end that has been read. */
  protected get isAwaited(): boolean {
    return this.#req.listenerCount("end") > 0 || this.#req.listenerCount("close") > 0;
  }

  /** Whether nothing of the body is still on its way, as far as its length was declared. */
  get hasArrived(): boolean {
    return this.#isRead || this.#req.complete || isBuffered(this.#req);
  }
}

/** Bytes that somebody read before us and kept as they were; text and objects are not the bytes that were signed. */
function keptBytes({ rawBody, body }: ParsedRequest): Uint8Array | undefined {
  if (rawBody instanceof Uint8Array) return rawBody;
  return body instanceof Uint8Array ? body : undefined;
}

function takeWhole(req: IncomingMessage, { limitBytes }: BodyLimits): Uint8Array | undefined {
  if (!isBuffered(req)) return undefined;
  if (req.readableLength > limitBytes) throw bodyTooLarge(limitBytes);
  return req.read() ?? undefined;
}

function isBuffered({ headers, readableLength }: IncomingMessage): boolean {
  return readableLength > 0 && Number(headers["content-length"]) === readableLength;
}
