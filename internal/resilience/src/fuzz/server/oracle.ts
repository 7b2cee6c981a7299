import type { IncomingMessage } from "node:http";
import { createPathMatcher } from "@mintfax-webhooks/core";
import { type Candidate, weRefuse } from "conformance/deliberate-differences";
import { Webhook } from "standardwebhooks";
import { LIMIT_BYTES, SECRET } from "test-support/siege-setting";

const reference = new Webhook(SECRET);
const isOwnPath = createPathMatcher();

/** Whether a request, as Node has parsed it, is one for us. */
export function isOurs(req: IncomingMessage): boolean {
  return isOwnPath((req.url ?? "").split("?")[0] ?? "");
}

/**
 * Whether a delivery is authentic: the reference library says so, and none of our deliberate differences from it
 * forbids it.
 *
 * @param body every byte that Node has handed out
 */
export function isAuthentic(req: IncomingMessage, body: Buffer): boolean {
  const header = (name: string): string => {
    const value = req.headers[name];
    return typeof value === "string" ? value : "";
  };
  const encoding = req.headers["content-encoding"];
  if (req.method !== "POST" || body.length > LIMIT_BYTES) return false;
  if (encoding && encoding.trim().toLowerCase() !== "identity") return false;
  const candidate: Candidate = {
    id: header("webhook-id"),
    timestamp: header("webhook-timestamp"),
    signature: header("webhook-signature"),
    body,
  };
  if (weRefuse(candidate)) return false;
  // The reference ignores what follows a second comma, and we ignore the token: `junkAfterToken` of the differences.
  const signature = candidate.signature.replaceAll(/(?<=^| )v1,[^ ,]*,[^ ]*/g, "v0,");
  return referenceAccepts({ ...candidate, signature });
}

function referenceAccepts({ id, timestamp, signature, body }: Candidate): boolean {
  try {
    reference.verify(body, {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    });
    return true;
  } catch (error) {
    // It has verified the body by then, and stumbled over what is in it.
    return error instanceof SyntaxError;
  }
}

/** Whether it is an envelope, so that nothing but a handler is missing. */
export function isEnvelope(body: Buffer): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    const { id, type, created, data } = JSON.parse(text);
    return (
      [id, type].every((part) => typeof part === "string" && part !== "") &&
      Number.isSafeInteger(created) &&
      typeof data.object === "object" &&
      data.object !== null &&
      !Array.isArray(data.object)
    );
  } catch {
    return false;
  }
}
