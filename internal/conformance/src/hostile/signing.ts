import { createHmac } from "node:crypto";
import { SECRET } from "./setting.ts";

/**
 * The signature over bytes, straight from the specification. The reference library signs text only, and hostile
 * bodies are often not text.
 *
 * @param id and `timestamp`: strings of one byte per character, as headers are
 * @returns base64, without the version
 */
export function macOf(id: string, timestamp: string, body: Uint8Array, secret: string = SECRET): string {
  return createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
    .update(`${id}.${timestamp}.`, "latin1")
    .update(body)
    .digest("base64");
}
