import { isObject, utf8 } from "../body/bytes.ts";
import { MOST_JSON_NODES } from "../bounds.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { UnreadableCaptureError } from "./error.ts";
import { headerLines, headersOfJson } from "./header-text.ts";
import { target, textIn } from "./member.ts";
import type { JsonReader } from "./reader.ts";

type Variables = ReadonlyMap<string, string>;

/** A collection that Postman exports, version 2.0 or 2.1: its requests, and those of saved examples. */
export const postmanCollection: JsonReader = {
  format: "Postman collection v2.1",
  read(collection) {
    if (!isObject(collection.info) || !Array.isArray(collection.item)) return undefined;
    const variables = variablesOf(collection.variable);
    const found: CapturedRequest[] = [];
    const items: unknown[] = [...collection.item];
    for (let index = 0; index < items.length && index < MOST_JSON_NODES; index += 1) {
      const item = items[index];
      if (!isObject(item)) continue;
      const examples = Array.isArray(item.response) ? item.response : [];
      for (const request of [item.request, ...examples.map((example) => example?.originalRequest)]) {
        const read = requestOf(request, variables);
        if (read !== undefined) found.push(read);
      }
      if (Array.isArray(item.item)) for (const each of item.item) items.push(each);
    }
    if (found.length === 0) throw new UnreadableCaptureError("the collection holds no request");
    return found;
  },
};

function requestOf(request: unknown, variables: Variables): CapturedRequest | undefined {
  if (!isObject(request)) return undefined;
  const given = Array.isArray(request.header)
    ? headersOfJson(request.header.filter((header) => header?.disabled !== true))
    : headerLines((textIn(request, "header") ?? "").split(/\r?\n/));
  const headers = (given ?? []).map(([name, value]) => [name, filledIn(value, variables)] as const);
  const open = headers.find(([name, value]) => /webhook|svix/i.test(name) && /\{\{.*\}\}/.test(value));
  if (open !== undefined) {
    throw new UnreadableCaptureError(
      `the header ${open[0].slice(0, 60)} has a variable of Postman's ({{...}}), whose value is not in the collection`,
    );
  }
  const url = textIn(request, "url") ?? textIn(request.url, "raw");
  return { ...target(textIn(request, "method"), url), headers, ...bodyOf(request.body, variables) };
}

function bodyOf(body: unknown, variables: Variables): Pick<CapturedRequest, "body" | "notShown"> {
  const raw = textIn(body, "raw");
  if (raw !== undefined) return { body: utf8.encode(filledIn(raw, variables)) };
  const none = new Uint8Array(0);
  const mode = textIn(body, "mode");
  if (mode === undefined) return { body: none };
  return {
    body: none,
    notShown: { body: "The collection's request sends a form or a file, whose bytes are not in it." },
  };
}

function variablesOf(list: unknown): Variables {
  const pairs = Array.isArray(list)
    ? (headersOfJson(list.filter((each) => each?.value !== undefined)) ?? [])
    : [];
  return new Map(pairs);
}

function filledIn(text: string, variables: Variables): string {
  return variables.size === 0
    ? text
    : text.replace(/\{\{([^{}]{1,100})\}\}/g, (whole, name) => variables.get(name) ?? whole);
}
