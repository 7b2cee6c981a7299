/** Reads the chunks of a body. */
export interface BodyReader {
  /** A chunk that is shorter is the last one; 0 where only the end says so. */
  readonly fullBytes: number;
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
  cancel(): Promise<void>;
}

/** What workerd has beside the standard: resolves once `minBytes` are there, or the stream has ended. */
interface FillingReader extends ReadableStreamBYOBReader {
  readAtLeast(
    minBytes: number,
    view: Uint8Array<ArrayBuffer>,
  ): Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>>;
}

const CHUNK_MIN_BYTES = 1_024;
const CHUNK_MAX_BYTES = 16_384;

/**
 * How to read a body. On Workers, most are read by one call of the platform where the standard needs two: the last chunk,
 * then the end.
 *
 * @param declaredBytes by the sender; the body may be of another length
 */
export function bodyReaderOf(stream: ReadableStream<Uint8Array>, declaredBytes: number): BodyReader {
  const reader = fillingReaderOf(stream);
  if (reader === undefined) return withoutFullBytes(stream.getReader());
  // One byte more than declared: a chunk of just the declared length would not be known for the last one.
  const fullBytes = Math.min(Math.max(declaredBytes + 1, CHUNK_MIN_BYTES), CHUNK_MAX_BYTES);
  return {
    fullBytes,
    read: () => reader.readAtLeast(fullBytes, new Uint8Array(fullBytes)),
    cancel: () => reader.cancel(),
  };
}

function withoutFullBytes(reader: ReadableStreamDefaultReader<Uint8Array>): BodyReader {
  return { fullBytes: 0, read: () => reader.read(), cancel: () => reader.cancel() };
}

/** Undefined on other platforms, and for a stream that JavaScript has made. */
function fillingReaderOf(stream: ReadableStream<Uint8Array>): FillingReader | undefined {
  const { ReadableStreamBYOBReader: Reader } = globalThis as {
    ReadableStreamBYOBReader?: { prototype: object };
  };
  if (Reader === undefined || !("readAtLeast" in Reader.prototype)) return undefined;
  try {
    return stream.getReader({ mode: "byob" }) as FillingReader;
  } catch {
    return undefined;
  }
}
