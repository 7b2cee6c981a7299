import type { IncomingMessage } from "node:http";
import { asBytes } from "../delivery/as-bytes.ts";

/**
 * Bytes that a platform or a parser has read before the receiver and kept unchanged, in `rawBody` or `body` of Node's
 * request. Text and objects are not the bytes that were signed.
 */
export function keptBytes(req: IncomingMessage): Uint8Array | undefined {
  return bytesIn(req, "rawBody") ?? bytesIn(req, "body");
}

function bytesIn(req: IncomingMessage, name: "rawBody" | "body"): Uint8Array | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = asBytes((req as { readonly rawBody?: unknown; readonly body?: unknown })[name]);
  } catch {
    // Vercel's `body` is a getter that throws if the body is not JSON. A buffer may have been transferred.
  }
  // A transferred buffer is empty. So is an empty body, which the request itself tells.
  return bytes?.byteLength === 0 ? undefined : bytes;
}
