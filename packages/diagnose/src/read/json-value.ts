import { isObject, jsonOf } from "../body/bytes.ts";
import { MOST_JSON_NODES } from "../bounds.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { har } from "./har.ts";
import { jsonRecord } from "./json-record.ts";
import { lambdaEvent } from "./lambda-event.ts";
import { ngrok } from "./ngrok.ts";
import { postmanCollection } from "./postman-collection.ts";
import type { JsonReader } from "./reader.ts";
import { webhookSite } from "./webhook-site.ts";

/** What is recognised by more comes first. */
export const JSON_READERS: readonly JsonReader[] = [
  har,
  postmanCollection,
  ngrok,
  webhookSite,
  lambdaEvent,
  jsonRecord,
];

/** The requests in a value out of JSON, and in the texts of JSON within it. What holds a request is not searched further. */
export function requestsIn(json: unknown): CapturedRequest[] {
  const found: CapturedRequest[] = [];
  const values: unknown[] = [json];
  for (let index = 0; index < values.length && index < MOST_JSON_NODES; index += 1) {
    let value = values[index];
    // A line of a log may be a member of a larger document.
    if (typeof value === "string")
      value = value.includes("{") ? jsonOf(value.slice(value.indexOf("{"))) : undefined;
    if (isObject(value)) {
      const requests = requestsOf(value);
      if (requests !== undefined) {
        for (const request of requests) found.push(request);
        continue;
      }
    }
    if (typeof value !== "object" || value === null) continue;
    for (const member of Object.values(value)) {
      if (values.length >= MOST_JSON_NODES) break;
      values.push(member);
    }
  }
  return found;
}

function requestsOf(value: Readonly<Record<string, unknown>>): readonly CapturedRequest[] | undefined {
  for (const { read } of JSON_READERS) {
    const requests = read(value);
    if (requests !== undefined) return requests;
  }
  return undefined;
}
