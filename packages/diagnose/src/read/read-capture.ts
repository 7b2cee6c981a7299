import type { CapturedRequest } from "../captured-request.ts";
import { readCurl } from "./curl.ts";
import { readJsonRecord } from "./json-record.ts";
import { readRawHttp } from "./raw-http.ts";

/**
 * Reads a captured request in whichever form it is: raw HTTP, a curl command, or a JSON object with headers and body.
 *
 * @throws {UnreadableCaptureError} where it is none of these
 */
export function readCapture(bytes: Uint8Array): CapturedRequest {
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  if (/^(?:\$ )?curl(?:\.exe)?\s/.test(text)) return readCurl(text);
  return (text.startsWith("{") ? readJsonRecord(jsonOf(text)) : undefined) ?? readRawHttp(bytes);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
