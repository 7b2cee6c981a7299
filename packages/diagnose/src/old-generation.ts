import { bytesToHex } from "@noble/hashes/utils.js";
import { type CapturedRequest, headerValues } from "./captured-request.ts";
import { type Finding, proven } from "./finding.ts";
import type { CandidateKey } from "./secret/reading.ts";
import { hmacSha256 } from "./sign.ts";

/**
 * mintfax's signatures from before Standard Webhooks: `X-Mintfax-Signature`, the HMAC-SHA256 of `timestamp.body` in
 * hexadecimal, and `X-Mintfax-Timestamp`. One page wrote both into the first header: `t=...,v1=...`.
 */
export function oldGeneration(request: CapturedRequest, keys: readonly CandidateKey[]): Finding | undefined {
  const [signature] = headerValues(request, "x-mintfax-signature");
  const [header] = headerValues(request, "x-mintfax-timestamp");
  if (signature === undefined && header === undefined) return undefined;
  const combined = /(?:^|,)\s*t=(?<timestamp>\d+)\s*,\s*v1=(?<hex>[0-9a-f]{64})$/i.exec(
    signature ?? "",
  )?.groups;
  const timestamp = combined?.timestamp ?? header;
  const hex = combined?.hex ?? /^(?:sha256=)?([0-9a-f]{64})$/i.exec(signature ?? "")?.[1];
  const isSigned =
    hex !== undefined &&
    timestamp !== undefined &&
    keys.some(
      ({ bytes }) => bytesToHex(hmacSha256(bytes, `${timestamp}.`, request.body)) === hex.toLowerCase(),
    );
  return proven("old_generation", {
    what: isSigned
      ? "This delivery has mintfax's old signature, which matches this secret."
      : "This delivery has mintfax's old signature.",
    why:
      "It has X-Mintfax-* headers instead of webhook-id, webhook-timestamp and webhook-signature. " +
      (isSigned
        ? "The old signature matches, so secret and body are right."
        : "The old signature does not match this secret, or is not readable."),
    fix: "Old endpoints keep the old scheme. Create a new endpoint (its API keys begin with mfx_) and use its secret.",
  });
}
