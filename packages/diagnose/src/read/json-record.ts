import { utf8 } from "../body/bytes.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { bytesOfBase64 } from "../encoding.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headersOfJson } from "./header-text.ts";

/**
 * Reads a request that was logged as one JSON object: `{method?, url?, headers, body}`, or an event of AWS Lambda
 * (`isBase64Encoded`). A body that is an object is written as JSON by JSON.stringify, which are not the signed bytes: the
 * diagnosis reports that.
 *
 * @returns undefined where the object has no headers
 * @throws {UnreadableCaptureError} where it has headers and no body
 */
export function readJsonRecord(json: unknown): CapturedRequest | undefined {
  if (typeof json !== "object" || json === null || !("headers" in json)) return undefined;
  const record = json as Record<string, unknown>;
  const headers = headersOfJson(record.multiValueHeaders ?? undefined) ?? headersOfJson(record.headers);
  if (headers === undefined) return undefined;
  const method = record.method ?? record.httpMethod;
  const url = record.url ?? record.path;
  return {
    ...(typeof method === "string" ? { method } : {}),
    ...(typeof url === "string" ? { url } : {}),
    headers,
    body: bodyOf(record),
  };
}

function bodyOf(record: Record<string, unknown>): Uint8Array {
  const body = record.rawBody ?? record.body;
  if (typeof body === "string")
    return record.isBase64Encoded === true ? bytesOfBase64(body) : utf8.encode(body);
  if (body === undefined) throw new UnreadableCaptureError("it has headers, but no `body` or `rawBody`");
  return body === null ? new Uint8Array(0) : utf8.encode(writtenOut(body));
}

function writtenOut(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch {
    throw new UnreadableCaptureError("its body is nested too deeply to be written as JSON");
  }
}
