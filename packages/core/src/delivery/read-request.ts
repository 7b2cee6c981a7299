import { BodyError } from "../errors.ts";
import { bodyAlreadyParsed, bodyIncomplete, bodyTimeout, bodyTooLarge } from "./body-errors.ts";
import type { BodyLimits } from "./incoming.ts";

/** Reads a request's body to its end, counting bytes itself: a declared length is only the sender's word. */
export async function readRequest(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  if (request.bodyUsed || request.body?.locked) {
    throw bodyAlreadyParsed(
      "Mount the receiver before whatever reads the body (request.json(), Hono's c.req.json() or validators), or let that " +
        "read a request.clone(); in Hono, c.req.arrayBuffer() will do too.",
    );
  }
  return request.body === null ? new Uint8Array(0) : readStream(request.body, limits);
}

async function readStream(stream: ReadableStream<Uint8Array>, limits: BodyLimits): Promise<Uint8Array> {
  const reader = stream.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(bodyTimeout(limits.timeoutMs)), limits.timeoutMs);
  });
  try {
    return await Promise.race([readAll(reader, limits.limitBytes), timeout]);
  } catch (error) {
    // Tells the sender to stop; nobody is waiting for whether that worked.
    reader.cancel().catch(() => {});
    throw error instanceof BodyError ? error : bodyIncomplete(error);
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
