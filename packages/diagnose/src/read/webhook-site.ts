import { utf8 } from "../body/bytes.ts";
import { headersOfJson } from "./header-text.ts";
import { target, textIn } from "./member.ts";
import type { JsonReader } from "./reader.ts";

/** A request as webhook.site's API and its exports give it. */
export const webhookSite: JsonReader = {
  format: "a request of webhook.site's API",
  read(value) {
    if (!("token_id" in value || "uuid" in value) || typeof value.content !== "string") return undefined;
    const headers = headersOfJson(value.headers);
    if (headers === undefined) return undefined;
    return [
      { ...target(textIn(value, "method"), textIn(value, "url")), headers, body: utf8.encode(value.content) },
    ];
  },
};
