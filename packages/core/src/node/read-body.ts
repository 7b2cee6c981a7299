import type { IncomingMessage } from "node:http";
import { Alarms } from "#alarms";
import { bodyAlreadyParsed, bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import type { BodyLimits } from "../delivery/incoming.ts";

/** What body parsers leave on a request. */
type ParsedRequest = IncomingMessage & { readonly body?: unknown; readonly rawBody?: unknown };

const FIX =
  "Mount the receiver before express.json(), koa-bodyparser and other body parsers. Where that cannot be, keep the " +
  "bytes as `rawBody` of Node's request: express.json({ verify: (req, res, bytes) => { req.rawBody = bytes; } }).";

const alarms = new Alarms();

/** @throws {BodyError} where the raw bytes cannot be had within the limits */
export async function readBody(req: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const bytes = keptBytes(req);
  if (bytes !== undefined) {
    if (bytes.byteLength > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
    return bytes;
  }
  if (req.readableDidRead || req.readableEnded || req.readableEncoding !== null) throw bodyAlreadyParsed(FIX);
  // It would tell nobody any more that it has ended.
  if (req.destroyed) throw bodyIncomplete(req.errored);
  return readStream(req, limits);
}

/** Bytes that somebody read before us and kept as they were; text and objects are not the bytes that were signed. */
function keptBytes({ rawBody, body }: ParsedRequest): Uint8Array | undefined {
  if (rawBody instanceof Uint8Array) return rawBody;
  return body instanceof Uint8Array ? body : undefined;
}

/** A body of one chunk, as mintfax's almost always are, is not copied. */
function readStream(req: IncomingMessage, { limitBytes, timeoutMs }: BodyLimits): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const alarm = alarms.set(timeoutMs, () => fail(bodyTimeout(timeoutMs)));
    function fail(error: Error): void {
      stop();
      // Whoever answers reads on, or hangs up.
      req.pause();
      reject(error);
    }
    function onData(chunk: Buffer): void {
      length += chunk.length;
      if (length > limitBytes) fail(bodyTooLarge(limitBytes));
      else chunks.push(chunk);
    }
    function onEnd(): void {
      stop();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    }
    function onCutOff(error?: Error): void {
      fail(bodyIncomplete(error));
    }
    function stop(): void {
      alarms.clear(alarm);
      // A listener for errors stays: one that comes after the end must not end the process.
      req.off("data", onData).off("end", onEnd).off("close", onCutOff);
    }
    req.on("data", onData).on("end", onEnd).on("error", onCutOff).on("close", onCutOff);
  });
}
