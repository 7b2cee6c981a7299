import { isObject, utf8 } from "../body/bytes.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headersOfJson } from "./header-text.ts";
import { literalAt } from "./literal.ts";
import { target, textIn } from "./member.ts";
import type { Reader } from "./reader.ts";

const CALL = /(?:^|[\s=(])fetch\(\s*/g;

/** "Copy as fetch" of browsers' developer tools, for the browser and for Node.js. */
export const fetchCall: Reader = {
  format: '"Copy as fetch" (browser and Node.js)',
  read({ text }) {
    const starts = [...text.matchAll(CALL)].slice(0, MOST_CALLS);
    const requests = starts.flatMap((start) => requestAt(text, start.index + start[0].length) ?? []);
    if (requests.length > 0 || starts.length === 0) return requests.length > 0 ? requests : undefined;
    // Source code may call fetch as well.
    if (!/^(?:await )?fetch\(/.test(text)) return undefined;
    throw new UnreadableCaptureError(
      "its call of fetch is not complete, or has values that only running it would give",
    );
  },
};

const MOST_CALLS = 1_000;

function requestAt(text: string, start: number): ReturnType<Reader["read"]> {
  const url = literalAt(text, start);
  if (url === undefined || url === "cut" || typeof url.value !== "string") return undefined;
  const comma = /\s*,\s*/y;
  comma.lastIndex = url.end;
  if (!comma.test(text))
    return text[url.end] !== ")"
      ? undefined
      : [{ method: "GET", url: url.value, headers: [], body: new Uint8Array(0) }];
  const literal = literalAt(text, comma.lastIndex);
  const options = literal === undefined || literal === "cut" ? undefined : literal.value;
  if (!isObject(options)) return undefined;
  const headers = headersOfJson(options.headers) ?? [];
  const { body } = options;
  if (typeof body !== "string" && body !== null && body !== undefined) return undefined;
  return [
    { ...target(textIn(options, "method") ?? "GET", url.value), headers, body: utf8.encode(body ?? "") },
  ];
}
