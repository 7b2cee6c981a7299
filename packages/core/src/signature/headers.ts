import type { HeaderValue } from "../incoming.ts";
import { Refusal } from "../refusal.ts";

/** Standard Webhooks, as mintfax sends it: the version of a symmetric signature, and its length in base64. */
const TOKEN = /^v1,[A-Za-z0-9+/]{43}=$/;
const TOKEN_PREFIX_LENGTH = "v1,".length;

// Caps on what a stranger can make us compare; mintfax sends one token, or two while a secret is rotated.
const MAX_TOKENS = 16;
const MAX_SIGNATURE_LENGTH = 2048;
// No dot: with one, id and timestamp could slide into each other in the signed text `id.timestamp.body`.
const ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;
// Strict decimal, no sign, no leading zero: one number has one spelling.
const TIMESTAMP = /^(?:0|[1-9][0-9]{0,14})$/;

/** The three headers of Standard Webhooks. */
export interface WebhookHeaders {
  readonly "webhook-id": HeaderValue;
  readonly "webhook-timestamp": HeaderValue;
  readonly "webhook-signature": HeaderValue;
}

/** The three headers once they are known to be well formed and fresh; not yet known to be authentic. */
export interface SignedHeaders {
  readonly id: string;
  /** Unix seconds, as they were sent: the spelling is signed. */
  readonly timestamp: string;
  /** Base64 of every `v1` signature. */
  readonly signatures: readonly string[];
}

/**
 * Header triage: everything that can be said against a delivery before a byte of its body is read.
 *
 * @param nowMs the receiver's clock, milliseconds since the epoch
 */
export function checkHeaders(
  headers: WebhookHeaders,
  nowMs: number,
  toleranceSeconds: number,
): SignedHeaders | Refusal {
  const id = single(headers, "webhook-id");
  if (typeof id !== "string") return id;
  const timestamp = single(headers, "webhook-timestamp");
  if (typeof timestamp !== "string") return timestamp;
  const signature = single(headers, "webhook-signature");
  if (typeof signature !== "string") return signature;

  if (!ID.test(id)) {
    return new Refusal(
      "id_malformed",
      `webhook-id (${id.length} characters) is malformed; expected 1 to 256 visible ASCII characters without a dot.`,
    );
  }
  return checkTimestamp(timestamp, nowMs, toleranceSeconds) ?? checkSignatureShape(id, timestamp, signature);
}

function single(headers: WebhookHeaders, name: keyof WebhookHeaders): string | Refusal {
  const value = headers[name];
  const text = value?.length === 1 ? value[0] : value;
  if (text === undefined || text === null || text.length === 0) {
    return new Refusal(
      "header_missing",
      `The ${name} header is missing. Check that no proxy drops or renames it, and that mintfax is the sender.`,
    );
  }
  // Node and Headers join repeated headers with a comma and a space, which the three headers never contain.
  if (typeof text !== "string" || text.includes(", ")) {
    return new Refusal("header_repeated", `The ${name} header came more than once; expected exactly one.`);
  }
  return text;
}

function checkTimestamp(timestamp: string, nowMs: number, toleranceSeconds: number): Refusal | undefined {
  if (!TIMESTAMP.test(timestamp)) {
    return new Refusal(
      "timestamp_malformed",
      "webhook-timestamp is not a plain decimal number of Unix seconds.",
    );
  }
  const ageSeconds = Math.floor(nowMs / 1000) - Number(timestamp);
  if (Math.abs(ageSeconds) <= toleranceSeconds) return undefined;
  const [code, direction] =
    ageSeconds > 0
      ? (["timestamp_too_old", "behind"] as const)
      : (["timestamp_too_new", "ahead of"] as const);
  return new Refusal(
    code,
    `webhook-timestamp is ${Math.abs(ageSeconds)} s ${direction} this server's clock; ${toleranceSeconds} s are allowed. ` +
      "mintfax gives every attempt a new timestamp, so either this server's clock is wrong or an old delivery was sent again.",
  );
}

function checkSignatureShape(id: string, timestamp: string, signature: string): SignedHeaders | Refusal {
  if (signature.length > MAX_SIGNATURE_LENGTH) {
    return signatureMalformed(`has ${signature.length} characters; at most ${MAX_SIGNATURE_LENGTH} are read`);
  }
  // One token, as mintfax sends it but for rotations, needs no list.
  if (TOKEN.test(signature)) return { id, timestamp, signatures: [signature.slice(TOKEN_PREFIX_LENGTH)] };
  const tokens = signature.split(" ");
  if (tokens.length > MAX_TOKENS)
    return signatureMalformed(`has ${tokens.length} tokens; at most ${MAX_TOKENS} are read`);
  // Tokens of versions we do not know are skipped, as the specification asks.
  const signatures = tokens
    .filter((token) => TOKEN.test(token))
    .map((token) => token.slice(TOKEN_PREFIX_LENGTH));
  if (signatures.length === 0) {
    return signatureMalformed("holds no token of the form `v1,` and 44 characters of base64");
  }
  return { id, timestamp, signatures };
}

function signatureMalformed(fault: string): Refusal {
  return new Refusal("signature_malformed", `webhook-signature ${fault}.`);
}
