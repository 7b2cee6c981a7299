import type { CapturedRequest } from "../captured-request.ts";
import { type ReadFile, readCurl } from "./curl.ts";
import { readJsonRecord } from "./json-record.ts";
import { readRawHttp } from "./raw-http.ts";

/**
 * Reads a captured request: raw HTTP, a curl command, or a JSON object with headers and body.
 *
 * @param readFile for the files that a curl command names: see {@link readCurl}
 * @throws {UnreadableCaptureError} where the bytes are none of these
 *
 * @example
 * ```ts
 * const { verdict } = diagnose(readCapture(readFileSync("request.http")), process.env.MINTFAX_WEBHOOK_SECRET ?? "");
 * ```
 */
export function readCapture(bytes: Uint8Array, readFile?: ReadFile): CapturedRequest {
  const text = new TextDecoder().decode(bytes).trimStart();
  if (/^(?:\$ )?curl(?:\.exe)?\s/.test(text)) return readCurl(text, readFile);
  return (text.startsWith("{") ? readJsonRecord(jsonOf(text)) : undefined) ?? readRawHttp(bytes);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
