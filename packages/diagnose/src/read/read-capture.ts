import type { CapturedRequest } from "../captured-request.ts";
import { Capture } from "./capture.ts";
import { choose } from "./choose.ts";
import type { ReadFile } from "./curl.ts";
import { curlCommand } from "./curl-command.ts";
import { curlVerbose } from "./curl-verbose.ts";
import { notRecognisedError, UnreadableCaptureError } from "./error.ts";
import { fetchCall } from "./fetch-call.ts";
import { inspected } from "./inspected.ts";
import { jsonDocument } from "./json-document.ts";
import { JSON_READERS } from "./json-value.ts";
import { logLines } from "./log-lines.ts";
import { powershell } from "./powershell.ts";
import { rawHttp } from "./raw-http.ts";
import type { Reader } from "./reader.ts";

/** The first one that recognises a capture reads it. */
const READERS: readonly Reader[] = [
  jsonDocument,
  curlVerbose,
  rawHttp,
  curlCommand,
  powershell,
  fetchCall,
  logLines,
  inspected,
];

/** The formats that {@link readCapture} reads, in words. Files may be in UTF-8 or UTF-16. */
export const CAPTURE_FORMATS: readonly string[] = [
  ...READERS.filter((reader) => reader !== jsonDocument),
  ...JSON_READERS,
].map(({ format }) => format);

/**
 * Reads a captured request, in any of {@link CAPTURE_FORMATS}. Of several requests it takes the POST with webhook-* headers.
 *
 * @param readFile for the files that a curl command names: see {@link readCurl}
 * @throws {UnreadableCaptureError} where the bytes are in none of these formats, or do not give a request
 *
 * @example
 * ```ts
 * const { verdict } = diagnose(readCapture(readFileSync("request.http")), process.env.MINTFAX_WEBHOOK_SECRET ?? "");
 * ```
 */
export function readCapture(bytes: Uint8Array, readFile?: ReadFile): CapturedRequest {
  try {
    return read(bytes, readFile);
  } catch (error) {
    // A pattern or a parser ran out of its stack, which no delivery brings about.
    if (error instanceof RangeError)
      throw new UnreadableCaptureError("it is too large, or nested too deeply");
    throw error;
  }
}

function read(bytes: Uint8Array, readFile: ReadFile | undefined): CapturedRequest {
  const capture = new Capture(bytes);
  for (const reader of READERS) {
    const requests = reader.read(capture, readFile);
    if (requests !== undefined) return choose(requests);
  }
  throw notRecognisedError(CAPTURE_FORMATS, hintOf(capture));
}

/** What the capture looks like, where that helps. */
function hintOf({ text, json }: Capture): string {
  if (text === "") return "It is empty. ";
  if (json !== undefined) return "It is JSON without headers of a request. ";
  if (/^[[{]\s*["[{\]}]/.test(text))
    return "It begins like JSON and is not valid JSON, so it may have been cut. ";
  return "";
}
