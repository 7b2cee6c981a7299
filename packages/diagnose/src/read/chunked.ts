import { type CapturedRequest, headerValues } from "../captured-request.ts";
import { concat, latin1Of } from "../encoding.ts";

/**
 * The body without its chunk sizes, where the capture still has them. Loggers keep `Transfer-Encoding` but print the body
 * joined.
 */
export function dechunked(request: CapturedRequest): Uint8Array {
  if (!/\bchunked\b/i.test(headerValues(request, "transfer-encoding").join(","))) return request.body;
  const latin1 = latin1Of(request.body);
  const chunks: Uint8Array[] = [];
  const size = /([0-9a-f]{1,8})[\t ]*(?:;[^\r\n]*)?\r?\n/iy;
  for (let place = 0; place < latin1.length; ) {
    size.lastIndex = place;
    const found = size.exec(latin1);
    if (found === null) return chunks.length === 0 ? request.body : concat(chunks);
    const length = Number.parseInt(found[1] ?? "", 16);
    if (length === 0) break;
    chunks.push(request.body.subarray(size.lastIndex, size.lastIndex + length));
    place = size.lastIndex + length;
    place += /^\r?\n/.exec(latin1.slice(place, place + 2))?.[0].length ?? 0;
  }
  return concat(chunks);
}
