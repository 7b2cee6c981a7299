import { sign } from "#hmac";
import { environmentVariable } from "../environment.ts";
import type { Settings } from "../settings.ts";
import type { Keys } from "../signature/keys.ts";
import { KeyResolver } from "../signature/resolver.ts";
import type { CheckFinding } from "../store/check-finding.ts";

const NO_HANDLER = "There is no handler, so every event is answered with 200 and dropped.";

export function checkHandlers(hasHandlers: boolean): CheckFinding {
  const about = { code: "handlers", level: "error", ok: hasHandlers } as const;
  return hasHandlers
    ? { ...about, message: "Handlers are registered." }
    : { ...about, message: NO_HANDLER, fix: 'Add one: .on("fax.*", handler).' };
}

/**
 * The first 11 characters of the HMAC of nothing, with secrets that documentation publishes: that of this library, and two of
 * Standard Webhooks.
 */
const PUBLISHED = ["BDyzxAA6AWJ", "/Z3o3t0XuYs", "FG/ih2y1aGB"];

/** The shape was checked before: no receiver is made with a malformed secret. */
export async function checkSecrets(keys: Settings<never, never>["keys"]): Promise<CheckFinding> {
  const about = { code: "secret", level: "warning" } as const;
  if (keys instanceof KeyResolver) {
    return { ...about, ok: "unknown", message: "The secret is found when a delivery comes." };
  }
  const all: Keys = "name" in keys ? keys.keys : keys;
  const marks = await Promise.all(all.map((key) => sign(key, "", new Uint8Array())));
  const message = `Signing secrets: ${marks.length}.`;
  if (marks.some((mark) => PUBLISHED.includes(mark.slice(0, 11)))) {
    const fix = "Use the secret of your endpoint.";
    return {
      ...about,
      ok: false,
      message: `${message} One is published, so strangers can sign with it.`,
      fix,
    };
  }
  if (new Set(marks).size < marks.length) {
    const fix = "While rotating, set the new secret and the old one.";
    return { ...about, ok: false, message: `${message} Two are the same.`, fix };
  }
  return { ...about, ok: true, message };
}

/** mintfax hangs up after 30 s, API Gateway after 29 s. */
const timeoutMs = (): number =>
  environmentVariable("AWS_LAMBDA_FUNCTION_NAME") === undefined ? 30_000 : 29_000;

/** @param waitedMs how long the proxy in front waits */
export function checkDeadline(deadlineMs: number, waitedMs: number = timeoutMs()): CheckFinding {
  // One second for the answer to come through.
  const mostMs = Math.min(waitedMs, 30_000) - 1_000;
  const ok = deadlineMs <= mostMs;
  const about = { code: "deadline", level: "warning", ok, message: `deadlineMs is ${deadlineMs}.` } as const;
  return ok
    ? about
    : { ...about, fix: `Set it to ${mostMs} or less: the answer is not waited for any longer.` };
}
