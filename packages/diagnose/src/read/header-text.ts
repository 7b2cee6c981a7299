import { MOST_HEADERS } from "../bounds.ts";
import { type CapturedRequest, withoutBlanks } from "../captured-request.ts";
import { UnreadableCaptureError } from "./error.ts";
import { unwrappedText } from "./unwrapped-text.ts";
import { decodeUtf16 } from "./utf-16.ts";

type Headers = CapturedRequest["headers"];
type Header = Headers[number];

// Names are kept as they are, with underscores too: wrong names are to be found.
// A table that was copied from a page has a tab in place of the colon.
const LINE = /^[<>]?\s*(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*:|\t)(?<value>.*)$/;

/** Developer tools and dashboards put the value below the name. */
const NAME_ABOVE = /^(webhook-(?:id|timestamp|signature)):?[ \t]*\r?\n[ \t]*(\S.*)$/gim;

/** Whether a line has the form of a header. */
export function isHeaderLine(line: string): boolean {
  return LINE.test(line);
}

/** `Name: value` lines. Other lines are ignored, but a line that begins with a space or tab continues the one before. */
export function headerLines(lines: readonly string[]): Headers {
  const headers: [string, string][] = [];
  for (const line of lines) {
    if (headers.length === MOST_HEADERS) break;
    const last = headers.at(-1);
    const { name, value } = LINE.exec(line)?.groups ?? {};
    if (name !== undefined && value !== undefined) headers.push([name, withoutBlanks(value)]);
    else if (/^[\t ]/.test(line) && last !== undefined) last[1] += ` ${withoutBlanks(line)}`;
  }
  return headers;
}

/**
 * Reads headers on their own: `Name: value` lines, or JSON as dashboards and loggers print them.
 *
 * @throws {UnreadableCaptureError} where there are no headers
 */
export function readHeaderText(bytes: Uint8Array): Headers {
  const text = unwrappedText(new TextDecoder().decode(decodeUtf16(bytes))).replace(NAME_ABOVE, "$1: $2");
  const headers = /^\s{0,1000}[[{]/.test(text)
    ? headersOfJson(parse(text))
    : headerLines(text.split(/\r?\n/));
  if (headers === undefined || headers.length === 0) {
    throw new UnreadableCaptureError(
      'it holds no headers; expected lines such as `webhook-id: evt_...`, or JSON such as {"webhook-id": "evt_..."}',
    );
  }
  return headers;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableCaptureError("it begins like JSON but is not valid JSON");
  }
}

/**
 * An object of names and values (a value may be a list), a list of pairs, of `{name, value}` or `{key, value}`
 * (HAR, Postman), or names and values in turn (Node's `rawHeaders`). Undefined for anything else.
 */
export function headersOfJson(json: unknown): Headers | undefined {
  return allHeadersOfJson(json)?.slice(0, MOST_HEADERS);
}

function allHeadersOfJson(json: unknown): Headers | undefined {
  if (Array.isArray(json)) {
    if (json.every((item) => typeof item === "string")) {
      return json.length % 2 === 0 ? pairsInTurn(json) : undefined;
    }
    const headers = json.map(headerOfItem);
    return headers.every((header) => header !== undefined) ? headers : undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  return Object.entries(json).flatMap(([name, value]): Header[] =>
    (Array.isArray(value) ? value : [value]).filter(isScalar).map((each) => [name, String(each)]),
  );
}

function pairsInTurn(items: readonly string[]): Headers {
  return items.flatMap((name, index): Header[] => (index % 2 === 0 ? [[name, items[index + 1] ?? ""]] : []));
}

function headerOfItem(item: unknown): Header | undefined {
  if (Array.isArray(item)) {
    const [name, value] = item;
    return typeof name === "string" && isScalar(value) ? [name, String(value)] : undefined;
  }
  const { name, key, value } = (item ?? {}) as Record<string, unknown>;
  const named = name ?? key;
  return typeof named === "string" && isScalar(value) ? [named, String(value)] : undefined;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
