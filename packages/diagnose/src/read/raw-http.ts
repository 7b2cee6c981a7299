import { type CapturedRequest, headerValues } from "../captured-request.ts";
import { latin1Of } from "../encoding.ts";
import { dechunked } from "./chunked.ts";
import { joinWrapped, withoutCutLine } from "./cut-line.ts";
import { headerLines, isHeaderLine } from "./header-text.ts";
import type { Reader } from "./reader.ts";

const REQUEST_LINE =
  /^(?<method>GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|QUERY) (?<url>\S+)(?: HTTP\/[0-9.]+)?$/i;
/** Of a request, wherever in a text it is: `tcpdump` prints it behind other bytes. */
const BEGINNING = /(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ HTTP\/[0-9.]+[ \t]*\r?\n/;
/** Between two requests of an editor's .http file, with the empty lines in front. No JSON has a line that begins like this. */
const SEPARATOR = /(?:\r?\n[ \t]*){0,4}(?:^|\r?\n)###[^\n]*(?:\r?\n|$)/;
const BETWEEN = new RegExp(`(?=${BEGINNING.source})|${SEPARATOR.source}`, "g");
const MOST_REQUESTS = 1_000;
/** A name without one of these at all is not taken for HTTP: many texts have lines with a colon. */
const KNOWN =
  /^(?:host|accept(?:-.*)?|content-.*|user-agent|(?:[a-z0-9]+[-_])*(?:webhook|svix)[-_]?(?:id|timestamp|signature)|x-.*|request-id)$/i;
/** A member that holds the headers is YAML's. */
const YAML = /^\s*headers:\s*$/i;
/** Tools that print a request print the answer behind it, with one empty line or two between them. */
const ANSWER = /(?:\r?\n[ \t]*){1,2}\r?\nHTTP\/[0-9.]+ [1-5][0-9]{2}/;

/** A request as it goes over the wire, or as tools print it. */
export const rawHttp: Reader = {
  format: "raw HTTP (also the raw view of Postman's console and of ngrok's inspector)",
  read({ bytes }) {
    const requests = separate(bytes).flatMap((part) => requestOfRawHttp(part) ?? []);
    return requests.length === 0 ? undefined : requests;
  },
};

/** Each request of a connection or a file, and what is in front of the first. */
function separate(bytes: Uint8Array): Uint8Array[] {
  const breaks = [...latin1Of(bytes).matchAll(BETWEEN)].slice(0, MOST_REQUESTS);
  const starts = [0, ...breaks.map(({ 0: { length }, index }) => index + length)];
  const ends = [...breaks.map(({ index }) => index), bytes.length];
  return starts.map((start, part) => bytes.subarray(start, ends[part]));
}

/**
 * Lines may end in CRLF or LF, and the request line may be missing. Bytes beyond Content-Length are kept, since they are a
 * finding. Undefined where the text before the first empty line is not a head.
 */
export function requestOfRawHttp(bytes: Uint8Array): CapturedRequest | undefined {
  const latin1 = latin1Of(bytes);
  // A tool on Windows may have written a byte order mark in front of the file. It is not the body's.
  let start = latin1.startsWith("\xef\xbb\xbf") ? 3 : 0;
  while (start < latin1.length && " \t\r\n".includes(latin1[start] ?? "x")) start += 1;
  // Postman's console has a space in the line that is empty on the wire.
  const end = /\r?\n[ \t]?\r?\n/g;
  end.lastIndex = start;
  const blank = end.exec(latin1);
  const headEnd = blank?.index ?? latin1.length;
  const bodyStart = blank === null ? latin1.length : blank.index + blank[0].length;

  const lines = new TextDecoder()
    .decode(bytes.subarray(start, headEnd))
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  joinWrapped(lines);
  const first = lines.findIndex((line) => REQUEST_LINE.test(line) || isHeaderLine(line));
  const requestLine = REQUEST_LINE.exec(lines[first] ?? "")?.groups;
  const head = lines.slice(requestLine === undefined ? Math.max(first, 0) : first + 1);
  const headers = blank === null ? withoutCutLine(headerLines(head)) : headerLines(head);
  if (!isHead(head, headers, requestLine !== undefined)) return undefined;

  const rest = bytes.subarray(bodyStart);
  const answer = ANSWER.exec(latin1.slice(bodyStart));
  const body = answer === null ? rest : rest.subarray(0, bodyLength(answer, headers));
  const request: CapturedRequest = { ...requestLine, headers, body };
  return {
    ...request,
    body: dechunked(request),
    ...gapsOf(request, requestLine !== undefined, blank !== null),
  };
}

/** The line breaks in front of an answer are the tool's, but for those that Content-Length counts. */
function bodyLength({ index, 0: { length } }: RegExpExecArray, headers: CapturedRequest["headers"]): number {
  const [, declared] = headers.find(([name]) => name.toLowerCase() === "content-length") ?? [];
  const bytes = Number(declared);
  return bytes > index && bytes < index + length ? bytes : index;
}

/** Every line is a header, or continues one. */
function isHead(
  lines: readonly string[],
  headers: CapturedRequest["headers"],
  hasRequestLine: boolean,
): boolean {
  if (headers.length === 0 || !lines.every((line) => isHeaderLine(line) || /^[\t ]/.test(line))) return false;
  if (lines.some((line) => YAML.test(line))) return false;
  return hasRequestLine || headers.some(([name]) => KNOWN.test(name));
}

function gapsOf(
  request: CapturedRequest,
  hasRequestLine: boolean,
  hasBlankLine: boolean,
): Pick<CapturedRequest, "notShown"> {
  const headers = !hasRequestLine ? NO_FIRST_LINE : !hasBlankLine ? NO_END : {};
  const declared = headerValues(request, "content-length")[0] ?? "";
  const body =
    request.body.length > 0
      ? {}
      : !hasBlankLine
        ? NO_BLANK_LINE
        : Number(declared) > 0
          ? bodyLeft(declared)
          : {};
  const notShown = { ...headers, ...body };
  return Object.keys(notShown).length === 0 ? {} : { notShown };
}

const NO_FIRST_LINE = {
  headers: "It has no request line (POST /path HTTP/1.1), so its beginning may be cut off.",
};
const NO_END = { headers: "It ends before the empty line that follows the last header." };
const NO_BLANK_LINE = { body: "It ends after the headers; an empty line and the body would follow." };
const bodyLeft = (declared: string) => ({
  body:
    `Content-Length says ${Number(declared)} bytes, and none are here. Either only the headers were copied, or other code had ` +
    "read the body before it was captured.",
});
