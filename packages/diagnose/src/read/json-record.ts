import { isObject } from "../body/bytes.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { headerLines, headersOfJson } from "./header-text.ts";
import { target, textIn } from "./member.ts";
import type { JsonReader } from "./reader.ts";
import { unpacked, withBody } from "./record-body.ts";

/** Where loggers put a body, the one as it arrived first. */
const BODIES = ["rawBody", "bodyRaw", "raw_body", "body", "payload"];

/**
 * A request that was logged as an object with `headers` (or `rawHeaders`) and `body`, itself or its member `req` or
 * `request`; or its headers alone.
 */
export const jsonRecord: JsonReader = {
  format: "JSON with headers and body",
  read(value) {
    const inner = [value.req, value.request, value].find(
      (each) => isObject(each) && headersIn(each) !== undefined,
    );
    if (!isObject(inner)) return headersAlone(value);
    // An answer has headers too. In Node's requests its status is null.
    if (typeof (inner.statusCode ?? inner.status) === "number") return undefined;
    const headers = headersIn(inner) ?? [];
    const base = {
      ...target(textIn(inner, "method", "httpMethod"), textIn(inner, "url", "originalUrl", "path")),
      headers,
    };
    return [
      { ...base, ...withBody(headers, bodyIn(inner) ?? bodyIn(value), inner.isBase64Encoded === true) },
    ];
  },
};

function headersAlone(value: Readonly<Record<string, unknown>>): CapturedRequest[] | undefined {
  if (!Object.keys(value).some((name) => /^(?:http_)?webhook[-_](?:id|timestamp|signature)$/i.test(name)))
    return undefined;
  const headers = headersOfJson(value) ?? [];
  return [{ headers, ...withBody(headers, undefined, false) }];
}

function headersIn(record: Readonly<Record<string, unknown>>): CapturedRequest["headers"] | undefined {
  const given = record.headers;
  const headers =
    headersOfJson(record.rawHeaders) ??
    (typeof given === "string" ? headerLines(given.split(/\r?\n/)) : headersOfJson(given));
  return headers === undefined || headers.length === 0 ? undefined : headers;
}

/** Undefined where there is none; an empty text where it is null. */
function bodyIn(record: Readonly<Record<string, unknown>>): unknown {
  const names = BODIES.filter((name) => record[name] !== undefined);
  const name = names.find((each) => record[each] !== null);
  if (name === undefined) return names.length > 0 ? "" : undefined;
  return /raw/i.test(name) ? unpacked(record[name]) : record[name];
}
