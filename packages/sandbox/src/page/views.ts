import type { Fax } from "@mintfax-webhooks/core";
import type { CapturedRequest } from "@mintfax-webhooks/diagnose";
import { type AttemptRecord, statusOf } from "../environment/attempts.ts";
import type { Endpoint } from "../environment/endpoint.ts";
import type { FaxRecord } from "../environment/fax-record.ts";
import type { AttemptDetailsView, AttemptView, EndpointView, FaxView, Reason } from "./protocol.ts";

export function endpointView({ id, settings, createdMs }: Endpoint): EndpointView {
  return { id, url: settings.url, events: settings.events, createdMs };
}

export function faxView({ id, status, created_at, ...data }: FaxRecord): FaxView {
  const { to = null, error_code = null, pages = null, attempts = [], max_attempts }: Partial<Fax> = data;
  return {
    id,
    to,
    status,
    errorCode: error_code,
    pages,
    attempts: attempts.length,
    maxAttempts: Number(max_attempts ?? 0),
    createdMs: Date.parse(created_at),
  };
}

export function attemptView(record: AttemptRecord): AttemptView {
  const { id, eventType, endpointId, url, number, manual, variant, startedMs, result, nextAttemptMs } =
    record;
  return {
    id,
    eventType,
    endpointId,
    url,
    number,
    manual,
    variant,
    status: statusOf(record),
    statusCode: result?.status ?? null,
    error: result?.error ?? null,
    startedMs,
    durationMs: result === undefined ? null : Math.round(result.durationMs),
    wait:
      result === undefined || nextAttemptMs === undefined
        ? null
        : { fromMs: result.startedMs + result.durationMs, untilMs: nextAttemptMs },
  };
}

/** @param secrets of the endpoint: it need not be there any more */
export async function attemptDetailsView(
  record: AttemptRecord,
  secrets: readonly string[],
): Promise<AttemptDetailsView> {
  return {
    ...attemptView(record),
    eventId: record.eventId,
    requestHeaders: record.requestHeaders,
    requestBody: record.requestBody,
    responseBody: record.result?.body ?? null,
    reasons: await reasonsOf(record, secrets),
  };
}

async function reasonsOf(record: AttemptRecord, secrets: readonly string[]): Promise<Reason[] | undefined> {
  const status = record.result?.status ?? 200;
  const isRefused = status >= 400 && status < 500;
  if (!isRefused || secrets.length === 0) return undefined;
  const request: CapturedRequest = {
    method: "POST",
    headers: Object.entries(record.requestHeaders),
    body: new TextEncoder().encode(record.requestBody),
  };
  // Jest's CommonJS mode cannot load what it depends on, and tests with a sandbox do not open the page.
  const { diagnose } = await import("@mintfax-webhooks/diagnose");
  const { verdict, findings } = diagnose(request, secrets, { at: new Date(record.startedMs) });
  if (verdict === "verified") return [AUTHENTIC];
  return findings.map(({ what, why, fix }) => ({ what, why, fix }));
}

const AUTHENTIC: Reason = {
  what: "What was sent is authentic: the signature matches the endpoint's secret, byte for byte.",
  why: "So the receiver has another secret, or its check sees other bytes than those that were sent.",
  fix: "Compare its MINTFAX_WEBHOOK_SECRET with this endpoint's, and look for middleware that parses the body before the check.",
};
