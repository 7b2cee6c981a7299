import { isObject, utf8 } from "../body/bytes.ts";
import { lambdaBodyBase64, lambdaHeadersTwice } from "../capture-words.ts";
import type { CapturedRequest } from "../captured-request.ts";
import { bytesOfBase64 } from "../encoding.ts";
import type { Finding } from "../finding.ts";
import { headersOfJson } from "./header-text.ts";
import { target, textIn } from "./member.ts";
import type { JsonReader } from "./reader.ts";

/** What AWS calls a function with: API Gateway (v1 and v2), a load balancer, a function URL. */
export const lambdaEvent: JsonReader = {
  format: "events of AWS Lambda (API Gateway v1 and v2, ALB, function URL)",
  read(event) {
    const { requestContext, multiValueHeaders } = event;
    if (!isObject(requestContext)) return undefined;
    const several = isObject(multiValueHeaders) ? headersOfJson(multiValueHeaders) : undefined;
    const headers = several ?? headersOfJson(event.headers);
    if (headers === undefined) return undefined;
    const isTwice = several !== undefined && isObject(event.headers);
    const { body, notes } = bodyOf(event);
    const http = isObject(requestContext.http) ? requestContext.http : undefined;
    const method = textIn(event, "httpMethod") ?? textIn(http, "method");
    return [
      {
        ...target(method, textIn(event, "path", "rawPath")),
        headers,
        body,
        notes: [...notes, ...(isTwice ? [lambdaHeadersTwice()] : [])],
      },
    ];
  },
};

function bodyOf({
  body,
  isBase64Encoded,
}: Readonly<Record<string, unknown>>): Required<Pick<CapturedRequest, "body" | "notes">> {
  const none: readonly Finding[] = [];
  if (typeof body !== "string") return { body: new Uint8Array(0), notes: none };
  // A tool that printed the event may have decoded the body and left the member as it was.
  const isDecoded = body.trimStart().startsWith("{");
  if (isBase64Encoded !== true || isDecoded) return { body: utf8.encode(body), notes: none };
  return { body: bytesOfBase64(body), notes: [lambdaBodyBase64()] };
}
