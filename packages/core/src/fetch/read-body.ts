import { bodyAlreadyParsed, bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import { BodyError } from "../errors.ts";
import type { BodyLimits } from "../incoming.ts";
import { withinLimit } from "../time-limit.ts";

export const READ_BEFORE_FIX: string =
  "Mount the receiver before code that reads the body (request.json(), Hono's c.req.json() or validators), or let that " +
  "code read a request.clone(). In Hono, it may call c.req.arrayBuffer() instead.";

/** Reads a request's body to its end and counts the bytes: a declared length is only the sender's word. */
export async function readBody(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  if (request.bodyUsed || request.body?.locked) throw bodyAlreadyParsed(READ_BEFORE_FIX);
  const bytes = request.body === null ? new Uint8Array(0) : await readStream(request.body, limits);
  // Other code has read the stream below the request, which still counts as unread.
  if (bytes.byteLength === 0 && Number(request.headers.get("content-length")) > 0)
    throw bodyAlreadyParsed(READ_BEFORE_FIX);
  return bytes;
}

async function readStream(stream: ReadableStream<Uint8Array>, limits: BodyLimits): Promise<Uint8Array> {
  const reader = stream.getReader();
  try {
    return await withinLimit(readAll(reader, limits.limitBytes), limits.timeoutMs, bodyTimeout);
  } catch (error) {
    // Tells the sender to stop. Whether that works changes nothing here.
    reader.cancel().catch(() => {});
    throw error instanceof BodyError ? error : bodyIncomplete(error);
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
