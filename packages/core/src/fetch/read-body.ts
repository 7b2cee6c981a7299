import { bodyAlreadyParsed, bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import { BodyError } from "../errors.ts";
import type { BodyLimits } from "../incoming.ts";
import { withinLimit } from "../time-limit.ts";
import { type BodyReader, bodyReaderOf } from "./body-reader.ts";

export const READ_BEFORE_FIX: string =
  "Mount the receiver before code that reads the body (request.json(), Hono's c.req.json() or validators), or let that " +
  "code read a request.clone(). In Hono, it may call c.req.arrayBuffer() instead.";

/** Reads a request's body to its end and counts the bytes: a declared length is only the sender's word. */
export async function readBody(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const { body } = request;
  if (request.bodyUsed || body?.locked) throw bodyAlreadyParsed(READ_BEFORE_FIX);
  const declaredBytes = Number(request.headers.get("content-length"));
  const bytes =
    body === null ? new Uint8Array(0) : await readStream(bodyReaderOf(body, declaredBytes), limits);
  // Other code has read the stream below the request, which still counts as unread.
  if (bytes.byteLength === 0 && declaredBytes > 0) throw bodyAlreadyParsed(READ_BEFORE_FIX);
  return bytes;
}

async function readStream(reader: BodyReader, { limitBytes, timeoutMs }: BodyLimits): Promise<Uint8Array> {
  try {
    return await withinLimit(readAll(reader, limitBytes), timeoutMs, bodyTimeout);
  } catch (error) {
    // Tells the sender to stop. Whether that works changes nothing here.
    reader.cancel().catch(() => {});
    throw error instanceof BodyError ? error : bodyIncomplete(error);
  }
}

async function readAll(reader: BodyReader, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isLast = false;
  while (!isLast) {
    const { done, value } = await reader.read();
    isLast = done || value.byteLength < reader.fullBytes;
    if (value === undefined) break;
    // Text is not the bytes that were signed, and has no length to hold against the limit.
    if (!ArrayBuffer.isView(value)) throw bodyAlreadyParsed(READ_BEFORE_FIX);
    length += value.byteLength;
    if (length > limitBytes) throw bodyTooLarge(limitBytes);
    chunks.push(value);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : concatenate(chunks, length);
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
