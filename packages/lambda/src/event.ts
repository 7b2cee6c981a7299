import { ConfigurationError } from "@mintfax-webhooks/core";
import { BodyError } from "@mintfax-webhooks/core/adapter";

/**
 * An HTTP request as AWS gives it to a function: by an API Gateway (REST API, or HTTP API in the payload format 1.0 or
 * 2.0), by a function URL, or by an Application Load Balancer.
 */
export interface LambdaEvent {
  /** In the formats of REST APIs and load balancers. */
  readonly httpMethod?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  /** Where a REST API, or a load balancer that is set so, keeps the values of repeated headers apart. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
  /** In the format 2.0, `http.method` is the method. */
  readonly requestContext?: object | undefined;
}

/** A request as the receiver reads it. */
export interface LambdaRequest {
  readonly method: string;
  /** By lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly event: LambdaEvent;
}

/**
 * @throws {ConfigurationError} `request_expected` for the event of a queue, a schedule, a warm-up and the like: a function
 *   that answered it as a delivery would tell its sender that all is well
 */
export function requestFrom(event: unknown): LambdaRequest {
  const given = (typeof event === "object" && event !== null ? event : {}) as LambdaEvent;
  const { http } = (given.requestContext ?? {}) as { readonly http?: { readonly method?: unknown } };
  const method = http?.method ?? given.httpMethod;
  if (typeof method !== "string") throw unexpected(given);
  return { method, headers: headersOf(given), event: given };
}

/** Where a name has several values, these count. Middleware and tools may leave one of the two objects empty. */
function headersOf({ headers, multiValueHeaders }: LambdaEvent): ReadonlyMap<string, string> {
  return new Map([...joined(headers), ...joined(multiValueHeaders)]);
}

/** Names differ in case by what is in front of the function. Repeated headers are joined, as Node does. */
function joined(headers: LambdaEvent["headers"] | LambdaEvent["multiValueHeaders"]): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined || value === null) continue;
    const key = name.toLowerCase();
    all.set(key, [all.get(key) ?? [], value].flat().join(", "));
  }
  return all;
}

/**
 * The bytes of the body. Without base64, AWS has decoded them as UTF-8: bytes that are not UTF-8 are lost.
 *
 * @throws {BodyError} `body_already_parsed`
 */
export function bytesOf({ body, isBase64Encoded }: LambdaEvent): Uint8Array {
  const text: unknown = body ?? "";
  if (typeof text !== "string") {
    throw new BodyError(
      "body_already_parsed",
      "Other code in this server read the body before the webhook receiver, which needs the raw bytes. " +
        "Give this function the event as AWS made it, without middleware such as @middy/http-json-body-parser.",
    );
  }
  // Events that pass through a template, as a REST API's own integration has it, may have made a text of it.
  return Buffer.from(text, String(isBase64Encoded) === "true" ? "base64" : "utf8");
}

function unexpected(event: LambdaEvent): ConfigurationError {
  return new ConfigurationError(
    "request_expected",
    `The function was invoked with ${kindOf(event)}, not with an HTTP request of API Gateway, a function URL or a load balancer. ` +
      "Give such events a function of their own, or look for them before you call what toLambda() has returned.",
  );
}

/** Of the event only what AWS itself calls it: the rest may hold anything. */
function kindOf(event: LambdaEvent): string {
  const { Records, source } = event as { readonly Records?: readonly unknown[]; readonly source?: unknown };
  const record = Array.isArray(Records)
    ? (Records[0] as Readonly<Record<string, unknown>> | undefined)
    : undefined;
  const name = record?.eventSource ?? record?.EventSource ?? (record?.cf && "Lambda@Edge") ?? source;
  return typeof name === "string" && /^[\w.:@-]{1,64}$/.test(name)
    ? `an event of ${name}`
    : "an event of another kind";
}
