import { asBytes } from "../delivery/as-bytes.ts";
import { bodyAlreadyParsed, bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import { BodyError } from "../errors.ts";
import type { BodyLimits } from "../incoming.ts";

const FIX =
  "Mount the receiver before whatever reads the body (request.json(), Hono's c.req.json() or validators), or let that " +
  "read a request.clone(); in Hono, c.req.arrayBuffer() will do too.";

/** Reads a request's body to its end, counting bytes itself: a declared length is only the sender's word. */
export async function readRequest(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  if (request.bodyUsed || request.body?.locked) throw bodyAlreadyParsed(FIX);
  const bytes = request.body === null ? new Uint8Array(0) : await readStream(request.body, limits);
  // Something has read the stream below the request, and left the request alone.
  if (bytes.byteLength === 0 && Number(request.headers.get("content-length")) > 0)
    throw bodyAlreadyParsed(FIX);
  return bytes;
}

/**
 * For adapters: the bytes of a body that a framework has read, or is about to have read, and keeps.
 *
 * @throws {BodyError} where they cannot be had within the limits
 */
export async function readKept(
  kept: PromiseLike<ArrayBuffer | Blob>,
  limits: BodyLimits,
): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    const body = await inTime(Promise.resolve(kept), limits.timeoutMs);
    bytes = asBytes("arrayBuffer" in body ? await inTime(body.arrayBuffer(), limits.timeoutMs) : body);
  } catch (error) {
    // Every platform rejects with one where a body was read before, and a buffer that was transferred throws one.
    if (!(error instanceof TypeError)) throw error instanceof BodyError ? error : bodyIncomplete(error);
  }
  if (bytes === undefined) throw bodyAlreadyParsed(FIX);
  if (bytes.byteLength > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
  return bytes;
}

async function readStream(stream: ReadableStream<Uint8Array>, limits: BodyLimits): Promise<Uint8Array> {
  const reader = stream.getReader();
  try {
    return await inTime(readAll(reader, limits.limitBytes), limits.timeoutMs);
  } catch (error) {
    // Tells the sender to stop; nobody is waiting for whether that worked.
    reader.cancel().catch(() => {});
    throw error instanceof BodyError ? error : bodyIncomplete(error);
  }
}

async function inTime<T>(reading: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(bodyTimeout(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([reading, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : concatenate(chunks, length);
    length += value.byteLength;
    if (length > limitBytes) throw bodyTooLarge(limitBytes);
    chunks.push(value);
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
