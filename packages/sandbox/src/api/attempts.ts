import { Hono } from "hono";
import { type AttemptRecord, statusOf } from "../environment/attempts.ts";
import { pageOf } from "./paging.ts";
import { type Faults, notFound, Problem, refuseIfAny } from "./problem.ts";
import type { Api, ApiEnv } from "./setting.ts";
import { isoOf } from "./times.ts";

const STATUSES = ["succeeded", "failed", "pending"];

/** `/webhooks/attempts`, as in the contract's section 10. */
export function attemptRoutes({ environment, idempotency }: Api): Hono<ApiEnv> {
  const { attempts } = environment.deliveries;
  // Forged, stale and tampered deliveries and copies are the page's own: mintfax has no record of such.
  const isMintfaxs = ({ variant }: AttemptRecord): boolean => variant === null;
  const found = (id: string): AttemptRecord => {
    const attempt = attempts.get(id);
    if (attempt === undefined || !isMintfaxs(attempt)) throw notFound("attempt");
    return attempt;
  };
  const retried = (attempt: AttemptRecord): Record<string, unknown> => {
    if (statusOf(attempt) !== "failed") {
      throw new Problem(
        409,
        "attempt_not_failed",
        `The attempt is ${statusOf(attempt)}; only a failed one can be retried.`,
        "check_attempt",
      );
    }
    const startedId = environment.deliveries.retry(attempt);
    if (startedId === undefined) throw notFound("endpoint, or event of that attempt,");
    return resourceOf(found(startedId));
  };
  return new Hono<ApiEnv>()
    .get("/", (c) => {
      const query = c.req.query();
      const { status, endpoint } = query;
      const faults: Faults = {};
      if (status !== undefined && !STATUSES.includes(status)) {
        faults.status = [`Expected one of ${STATUSES.join(", ")}.`];
      }
      refuseIfAny(faults);
      const wanted = attempts
        .list()
        .filter(
          (attempt) =>
            isMintfaxs(attempt) &&
            (status === undefined || statusOf(attempt) === status) &&
            (endpoint === undefined || attempt.endpointId === endpoint),
        );
      return c.json(pageOf(wanted, query, resourceOf));
    })
    .get("/:id", (c) => c.json(detailsOf(found(c.req.param("id")))))
    .post("/:id/retry", (c) => {
      // That a retry takes a key too is inferred: mintfax says so of its API at large.
      const key = c.req.header("idempotency-key") ?? null;
      const id = c.req.param("id");
      return c.json(
        idempotency.once(key, ["retry", id], () => retried(found(id))),
        202,
      );
    });
}

/** The members of mintfax's reference, api-reference/webhooks/retrieve-a-webhook-attempt. */
function resourceOf(attempt: AttemptRecord): Record<string, unknown> {
  const { id, eventId, endpointId, number, result, parentId } = attempt;
  const status = statusOf(attempt);
  const endedAt = result === undefined ? null : isoOf(result.startedMs + result.durationMs);
  return {
    id,
    event_id: eventId,
    webhook_endpoint_id: endpointId,
    attempt_number: number,
    status_code: result?.status ?? null,
    succeeded_at: status === "succeeded" ? endedAt : null,
    failed_at: status === "failed" ? endedAt : null,
    error_class: result?.error == null ? null : errorClassOf(result.error),
    error_message: result?.error ?? null,
    parent_attempt_id: parentId,
  };
}

/** With what mintfax's text promises beside the reference; the names are inferred. */
function detailsOf(attempt: AttemptRecord): Record<string, unknown> {
  const { result } = attempt;
  return {
    ...resourceOf(attempt),
    status: statusOf(attempt),
    url: attempt.url,
    event_type: attempt.eventType,
    sent_at: isoOf(attempt.startedMs),
    duration_ms: result === undefined ? null : Math.round(result.durationMs),
    request_headers: Object.fromEntries(attempt.requestHeaders),
    request_body: new TextDecoder().decode(attempt.requestBody),
    response_body: result?.body ?? null,
    next_attempt_at: attempt.nextAttemptMs === undefined ? null : isoOf(attempt.nextAttemptMs),
  };
}

function errorClassOf(error: string): string {
  return /^(?<name>\w*Error)\b/.exec(error)?.groups?.name ?? "ConnectionError";
}
