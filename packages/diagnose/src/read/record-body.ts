import { hexToBytes } from "@noble/hashes/utils.js";
import { isObject, textOf, utf8 } from "../body/bytes.ts";
import { bodyWasParsed } from "../capture-words.ts";
import { type CapturedRequest, headerValues } from "../captured-request.ts";
import { bytesOfBase64 } from "../encoding.ts";
import { UnreadableCaptureError } from "./error.ts";
import { isElided } from "./literal.ts";

const NONE = new Uint8Array(0);
const BASE64 = /^[A-Za-z0-9+/_-]{16,}={0,2}$/;

/** A body that a logger keeps as bytes may be in base64. Any other value is returned as it is. */
export function unpacked(body: unknown): unknown {
  if (typeof body !== "string" || !BASE64.test(body)) return body;
  const bytes = bytesOfBase64(body);
  return textOf(bytes)?.trimStart().startsWith("{") ? bytes : body;
}

/** The body out of a record, whether the headers are all of them, and what was noticed. */
export function withBody(
  headers: CapturedRequest["headers"],
  body: unknown,
  isBase64: boolean,
): Pick<CapturedRequest, "body" | "notShown" | "notes"> {
  const hasHost = headerValues({ headers, body: NONE }, "host").length > 0;
  const some = hasHost ? {} : { headers: "There is no Host header, so some are left out." };
  if (body === undefined) {
    return { body: NONE, notShown: { ...some, body: "It has headers, and no member `body` or `rawBody`." } };
  }
  const text = textOfClient(body);
  if (text !== undefined) return { body: utf8.encode(text), notShown: some };
  const bytes = bytesIn(body);
  if (bytes === "cut") {
    return { body: NONE, notShown: { ...some, body: "Node prints only the first bytes of a Buffer." } };
  }
  if (bytes !== undefined) return { body: bytes, notShown: some };
  if (typeof body === "string") {
    return { body: isBase64 ? bytesOfBase64(body) : utf8.encode(body), notShown: some };
  }
  return {
    body: utf8.encode(writtenOut(body)),
    notShown: {
      ...some,
      body: "It holds the body as an object, from which the bytes that arrived cannot be restored.",
    },
    notes: [bodyWasParsed()],
  };
}

/** API clients export a body as an object that names its type: Insomnia, Hoppscotch, Thunder Client, Bruno. */
function textOfClient(body: unknown): string | undefined {
  if (!isObject(body) || "data" in body) return undefined;
  const { mimeType, contentType, mode, type, ...others } = body;
  if (typeof (mimeType ?? contentType ?? mode ?? type) !== "string") return undefined;
  const texts = Object.values(others).filter((each) => typeof each === "string" && /^\s*\{/.test(each));
  return texts.length === 1 ? (texts[0] as string) : undefined;
}

/** Of a Buffer as it is printed, or written as JSON. Undefined for anything else. */
function bytesIn(body: unknown): Uint8Array | "cut" | undefined {
  if (body instanceof Uint8Array) return body;
  if (typeof body === "string") {
    const { digits, more } =
      /^<Buffer(?<digits>(?: [0-9a-f]{2})*)(?<more> \.\.\. .*)?>$/.exec(body)?.groups ?? {};
    if (digits === undefined) return undefined;
    return more === undefined ? hexToBytes(digits.replaceAll(" ", "")) : "cut";
  }
  if (!isObject(body) || body.type !== "Buffer" || !Array.isArray(body.data)) return undefined;
  const isBytes = body.data.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
  return isBytes ? Uint8Array.from(body.data) : undefined;
}

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
