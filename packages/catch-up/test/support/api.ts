import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CatchUp, type CatchUpOptions, createCatchUp } from "@mintfax-webhooks/catch-up";
import { onTestFinished } from "vitest";

export const API_KEY = "mfx_test_1234567890abcdefghij";
export const ENDPOINT = "webhook_8aZqRm4yT3vK7pNxJ2bH9c";

/** A request as the server had it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A value is answered as JSON with 200. To answer by itself, the function returns undefined. */
export type Answering = (asked: Asked) => unknown;

/** A server in the place of mintfax's API, for answers that the sandbox does not give, and a catch-up that asks it. */
export interface OddApi {
  readonly catchUp: CatchUp;
  readonly url: string;
  /** `GET /webhooks/attempts?status=failed`, in their order. */
  readonly requests: string[];
}

/** It is gone when the test ends. */
export async function oddApi(answering: Answering, options: Partial<CatchUpOptions> = {}): Promise<OddApi> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? "", "http://localhost");
    const path = pathname.replace(/^\/v1/, "");
    const status = query.get("status");
    requests.push(`${request.method} ${path}${status === null ? "" : `?status=${status}`}`);
    const answer = answering({ method: request.method ?? "", path, query, request, response });
    if (answer === undefined) return;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  let nowMs = Date.now();
  const catchUp = createCatchUp({
    endpoint: ENDPOINT,
    apiKey: API_KEY,
    baseUrl: url,
    requestsPerMinute: 100_000,
    clock: {
      nowMs: () => nowMs,
      async sleep(ms, signal) {
        signal?.throwIfAborted();
        nowMs += ms;
      },
    },
    ...options,
  });
  return { catchUp, url, requests };
}

/** A failed attempt that mintfax does not try any more, unless it is told otherwise. */
export function failedAttempt(
  event: number | string,
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    id: `wha_${event}`,
    event_id: `evt_${event}`,
    webhook_endpoint_id: ENDPOINT,
    attempt_number: 4,
    status_code: 503,
    succeeded_at: null,
    failed_at: isoOf(Date.now() - 3_600_000),
    error_class: null,
    error_message: null,
    parent_attempt_id: null,
    ...members,
  };
}

/** ISO 8601 in UTC without fractions of a second, as in mintfax's samples. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/**
 * An environment that answers as mintfax does: its failed attempts are given, and a retry gets through, unless
 * `onRetry` says otherwise.
 */
export function environment(
  failed: readonly Readonly<Record<string, unknown>>[],
  onRetry: (eventId: string) => "succeeds" | "fails" | "nothing" = () => "succeeds",
): Answering {
  const succeededOnes: Record<string, unknown>[] = [];
  const failedOnes = [...failed];
  return ({ method, path, query, response }) => {
    if (method === "GET" && path === "/webhooks/attempts") {
      const all = query.get("status") === "failed" ? failedOnes : succeededOnes;
      const from = Number(query.get("cursor") ?? 0);
      const size = Number(query.get("per_page") ?? 25);
      const next = from + size < all.length ? String(from + size) : null;
      return { data: all.slice(from, from + size), next_cursor: next };
    }
    const id = /^\/webhooks\/attempts\/(\w+)\/retry$/.exec(path)?.[1];
    const attempt = failedOnes.find((one) => one.id === id);
    if (attempt === undefined) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: "not_found" }));
      return undefined;
    }
    const outcome = onRetry(String(attempt.event_id));
    const number = Number(attempt.attempt_number) + 1;
    const now = isoOf(Date.now());
    const retry = { ...attempt, id: `${id}_${number}`, attempt_number: number, parent_attempt_id: id };
    if (outcome === "succeeds") succeededOnes.unshift({ ...retry, succeeded_at: now, failed_at: null });
    if (outcome === "fails") failedOnes.unshift({ ...retry, failed_at: now });
    return retry;
  };
}
