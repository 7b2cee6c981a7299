import type { Answer } from "../incoming.ts";
import type { Ending } from "./ending.ts";

/** mintfax's own first retry comes after 10 s (webhooks/delivery-and-retries); by then most handlers are done. */
const RETRY_AFTER_SECONDS = "10";

const HEADERS = { "content-type": "application/json", "cache-control": "no-store" };
const HEADERS_BY_STATUS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  405: { ...HEADERS, allow: "POST" },
  409: { ...HEADERS, "retry-after": RETRY_AFTER_SECONDS },
};

/** mintfax shows the first 4 KB of an answer in its dashboard, so an answer is written for the person who looks there. */
export function answerFor({ outcome, status, code, message }: Ending, id: string | undefined): Answer {
  // Nearly every answer: a processed event, with nothing to add. `JSON.stringify` of an object takes thrice as long.
  const body =
    code === undefined && id !== undefined
      ? `{"outcome":"${outcome}","id":${JSON.stringify(id)}}`
      : JSON.stringify({ outcome, code, message, id });
  return { status, headers: HEADERS_BY_STATUS[status] ?? HEADERS, body };
}
