import type { IncomingDelivery } from "../incoming.ts";
import { Refusal } from "../refusal.ts";
import { checkHeaders, type SignedHeaders } from "../signature/headers.ts";
import { bodyTooLarge } from "./body-errors.ts";

const DECIMAL = /^[0-9]+$/;

/** What the method and the headers say against a delivery, before a byte of its body is read. */
export function triage(
  delivery: IncomingDelivery,
  toleranceSeconds: number,
  limitBytes: number,
): SignedHeaders | Refusal {
  if (delivery.method !== "POST") {
    return new Refusal("method_not_allowed", `${nameOf(delivery.method)}; webhooks are delivered by POST.`);
  }
  const headers = checkHeaders(
    {
      "webhook-id": delivery.header("webhook-id"),
      "webhook-timestamp": delivery.header("webhook-timestamp"),
      "webhook-signature": delivery.header("webhook-signature"),
    },
    Date.now(),
    toleranceSeconds,
  );
  if (headers instanceof Refusal) return headers;
  return checkEncoding(delivery) ?? checkLength(delivery, limitBytes) ?? headers;
}

/** HTTP/2 lets a method be of any length. */
function nameOf(method: string): string {
  return /^[A-Z-]{1,20}$/.test(method) ? `This is a ${method} request` : "This is not a POST request";
}

function checkEncoding(delivery: IncomingDelivery): Refusal | undefined {
  const encoding = delivery.header("content-encoding");
  if (!encoding || (typeof encoding === "string" && encoding.trim().toLowerCase() === "identity"))
    return undefined;
  return new Refusal(
    "content_encoding_unsupported",
    "The body is compressed (Content-Encoding); mintfax signs and sends it plain. Look for a proxy that compresses requests.",
  );
}

function checkLength(delivery: IncomingDelivery, limitBytes: number): Refusal | undefined {
  const length = delivery.header("content-length");
  if (length === undefined || length === null) return undefined;
  if (!isLength(length)) {
    return new Refusal("content_length_malformed", "Content-Length is not a decimal number.");
  }
  return Number(length) > limitBytes
    ? new Refusal("body_too_large", bodyTooLarge(limitBytes).message)
    : undefined;
}

/** A number is what AWS Lambda's wrappers make of it. */
function isLength(length: unknown): boolean {
  return typeof length === "number"
    ? Number.isSafeInteger(length) && length >= 0
    : typeof length === "string" && DECIMAL.test(length);
}
