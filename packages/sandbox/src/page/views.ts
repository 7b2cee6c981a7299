import type { Fax } from "@mintfax-webhooks/core";
import { type AttemptRecord, statusOf } from "../environment/attempts.ts";
import type { Endpoint } from "../environment/endpoint.ts";
import type { FaxRecord } from "../environment/fax-record.ts";
import type { AttemptDetailsView, AttemptView, EndpointView, FaxView } from "./protocol.ts";
import type { PageSource } from "./source.ts";

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

/** One attempt in full. */
export async function attemptDetailsView(
  record: AttemptRecord,
  source: PageSource,
): Promise<AttemptDetailsView> {
  const { eventId, requestHeaders, requestBody, result } = record;
  return {
    ...attemptView(record),
    eventId,
    requestHeaders,
    requestBody: new TextDecoder().decode(requestBody),
    requestBodyBytes: requestBody.byteLength,
    responseBody: result?.body ?? null,
    reasons: await source.reasonsOf(record),
    actions: source.actionsFor(record),
  };
}
