import type { IncomingMessage } from "node:http";
import getRawBody from "raw-body";
import { bodyAlreadyParsed, bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits } from "../delivery/incoming.ts";

/** What body parsers leave on a request. */
type ParsedRequest = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown };

const FIX =
  "Mount the receiver before express.json(), koa-bodyparser and other body parsers. Where that cannot be, keep the " +
  "bytes as `rawBody` of Node's request: express.json({ verify: (req, res, bytes) => { req.rawBody = bytes; } }).";

/** @throws {BodyError} where the raw bytes cannot be had within the limits */
export async function readBody(req: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const bytes = keptBytes(req);
  if (bytes !== undefined) {
    if (bytes.byteLength > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
    return bytes;
  }
  if (req.readableDidRead || req.readableEnded || req.readableEncoding !== null) throw bodyAlreadyParsed(FIX);
  return withinTime(readRaw(req, limits.limitBytes), limits.timeoutMs);
}

/** Bytes that somebody read before us and kept as they were; text and objects are not the bytes that were signed. */
function keptBytes({ rawBody, body }: ParsedRequest): Uint8Array | undefined {
  if (rawBody instanceof Uint8Array) return rawBody;
  return body instanceof Uint8Array ? body : undefined;
}

async function readRaw(req: IncomingMessage, limitBytes: number): Promise<Uint8Array> {
  try {
    return await getRawBody(req, { limit: limitBytes, length: req.headers["content-length"] ?? null });
  } catch (error) {
    throw (error as { type?: unknown }).type === "entity.too.large"
      ? bodyTooLarge(limitBytes)
      : bodyIncomplete(error);
  }
}

function withinTime<T>(reading: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(bodyTimeout(timeoutMs)), timeoutMs);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
