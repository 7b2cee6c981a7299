import { isObject, utf8 } from "../body/bytes.ts";
import { bodyWasParsed } from "../capture-words.ts";
import { type CapturedRequest, headerValues } from "../captured-request.ts";
import { bytesOfBase64 } from "../encoding.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headersOfJson } from "./header-text.ts";
import { isElided } from "./literal.ts";
import { target, textIn } from "./member.ts";
import type { JsonReader } from "./reader.ts";

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
  const headers = headersOfJson(record.rawHeaders) ?? headersOfJson(record.headers);
  return headers === undefined || headers.length === 0 ? undefined : headers;
}

/** Undefined where there is none; an empty text where it is null. */
function bodyIn(record: Readonly<Record<string, unknown>>): unknown {
  const bodies = BODIES.map((name) => record[name]).filter((body) => body !== undefined);
  return bodies.find((body) => body !== null) ?? (bodies.length > 0 ? "" : undefined);
}

/** The body, whether the headers are all of them, and what was noticed. */
export function withBody(
  headers: CapturedRequest["headers"],
  body: unknown,
  isBase64: boolean,
): Pick<CapturedRequest, "body" | "notShown" | "notes"> {
  const someHeaders =
    headerValues({ headers, body: NONE }, "host").length > 0
      ? {}
      : { headers: "There is no Host header, so some are left out." };
  if (body === undefined) {
    return {
      body: NONE,
      notShown: { ...someHeaders, body: "It has headers, and no member `body` or `rawBody`." },
    };
  }
  if (typeof body !== "string") {
    const isBuffer = isObject(body) && body.type === "Buffer";
    const parsed = isBuffer
      ? {}
      : { body: "It holds the body as an object, from which the bytes that arrived cannot be restored." };
    return {
      body: utf8.encode(writtenOut(body)),
      notShown: { ...someHeaders, ...parsed },
      notes: isBuffer ? [] : [bodyWasParsed()],
    };
  }
  return { body: isBase64 ? bytesOfBase64(body) : utf8.encode(body), notShown: someHeaders };
}

const NONE = new Uint8Array(0);

function writtenOut(body: unknown): string {
  if (isElided(body)) {
    throw new UnreadableCaptureError(
      "it shows the body as Node prints objects, with parts left out ([Object])",
    );
  }
  try {
    return JSON.stringify(body) ?? "";
  } catch {
    throw new UnreadableCaptureError("its body is nested too deeply to be written as JSON");
  }
}
