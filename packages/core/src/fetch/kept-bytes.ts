import { asBytes } from "../delivery/as-bytes.ts";
import { bodyAlreadyParsed, bodyIncomplete, bodyTimeout, bodyTooLarge } from "../delivery/body-errors.ts";
import { BodyError } from "../errors.ts";
import type { BodyLimits } from "../incoming.ts";
import { withinLimit } from "../time-limit.ts";
import { READ_BEFORE_FIX } from "./read-body.ts";

/**
 * For adapters: the bytes of a body that a framework has read or is reading, and keeps.
 *
 * @throws {BodyError} if the body is too large, too slow, cut off, or was read by other code
 */
export async function readKept(
  kept: PromiseLike<ArrayBuffer | ArrayBufferView | Blob>,
  limits: BodyLimits,
): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    const body = await withinLimit(kept, limits.timeoutMs, bodyTimeout);
    bytes = asBytes(
      "arrayBuffer" in body ? await withinLimit(body.arrayBuffer(), limits.timeoutMs, bodyTimeout) : body,
    );
  } catch (error) {
    // Every platform rejects with a TypeError where the body was read before, and a transferred buffer throws one.
    if (!(error instanceof TypeError)) throw error instanceof BodyError ? error : bodyIncomplete(error);
  }
  if (bytes === undefined) throw bodyAlreadyParsed(READ_BEFORE_FIX);
  if (bytes.byteLength > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
  return bytes;
}
