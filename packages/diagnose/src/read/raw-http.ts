import type { CapturedRequest } from "../captured-request.ts";
import { latin1Of } from "../encoding.ts";
import { dechunked } from "./chunked.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headerLines } from "./header-text.ts";

const REQUEST_LINE = /^(?<method>[A-Za-z]+) (?<url>\S+)(?: HTTP\/[0-9.]+)?$/;

/**
 * Reads a request as it goes over the wire, or as tools print it: lines may end in CRLF or LF, and the request line may
 * be missing. Bytes beyond Content-Length are kept, since they are a finding.
 *
 * @throws {UnreadableCaptureError} where it has no headers
 */
export function readRawHttp(bytes: Uint8Array): CapturedRequest {
  const latin1 = latin1Of(bytes);
  // A tool on Windows may have written a byte order mark in front of the file. It is not the body's.
  const start = /^(?:\xef\xbb\xbf)?(?:\r?\n)*/.exec(latin1)?.[0].length ?? 0;
  const end = /\r?\n\r?\n/g;
  end.lastIndex = start;
  const blank = end.exec(latin1);
  const headEnd = blank?.index ?? latin1.length;
  const bodyStart = blank === null ? latin1.length : blank.index + blank[0].length;

  const lines = new TextDecoder().decode(bytes.subarray(start, headEnd)).split(/\r?\n/);
  const requestLine = REQUEST_LINE.exec(lines[0] ?? "")?.groups;
  const headers = headerLines(requestLine === undefined ? lines : lines.slice(1));
  if (headers.length === 0) {
    throw new UnreadableCaptureError(
      "it is neither an HTTP request (headers as `Name: value` lines, an empty line, the body) nor a curl command, " +
        "nor JSON with headers and body",
    );
  }
  const request: CapturedRequest = { ...requestLine, headers, body: bytes.subarray(bodyStart) };
  return { ...request, body: dechunked(request) };
}
