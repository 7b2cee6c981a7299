import { isObject, utf8 } from "../body/bytes.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { bytesOfBase64 } from "../encoding.ts";
import { headersOfJson } from "./header-text.ts";
import { target, textIn } from "./member.ts";
import type { JsonReader } from "./reader.ts";

/** HTTP Archive 1.2, as browsers and proxies export it, or one of its entries. */
export const har: JsonReader = {
  format: "HAR 1.2 (browsers, proxies)",
  read({ log, request }) {
    const entries = isObject(log) && Array.isArray(log.entries) ? log.entries : [{ request }];
    const requests = entries.map((entry) => requestOf(entry?.request)).filter((each) => each !== undefined);
    return requests.length > 0 || entries.length === 0 ? requests : undefined;
  },
};

function requestOf(request: unknown): CapturedRequest | undefined {
  if (!isObject(request) || !Array.isArray(request.headers) || !("httpVersion" in request)) return undefined;
  const headers = headersOfJson(request.headers);
  if (headers === undefined) return undefined;
  return {
    ...target(textIn(request, "method"), textIn(request, "url")),
    headers,
    ...bodyOf(request),
  };
}

function bodyOf({
  postData,
  bodySize,
}: Readonly<Record<string, unknown>>): Pick<CapturedRequest, "body" | "notShown"> {
  const text = textIn(postData, "text");
  if (text !== undefined && text !== "") {
    return { body: textIn(postData, "encoding") === "base64" ? bytesOfBase64(text) : utf8.encode(text) };
  }
  const body = new Uint8Array(0);
  if (bodySize === 0) return { body };
  return {
    body,
    notShown: { body: "The HAR entry has no postData.text, which is where the body would be." },
  };
}
