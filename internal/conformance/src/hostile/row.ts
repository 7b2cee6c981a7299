import type { OutcomeCode } from "@mintfax-webhooks/core";
import { type Draft, requestOf } from "./draft.ts";
import type { RawRequest } from "./raw-http.ts";

/** One request and what must become of it. */
export interface Row {
  readonly name: string;
  readonly request: RawRequest;
  readonly status: number;
  /** Of the answer's JSON and of the record. Undefined where the delivery is accepted. */
  readonly code?: OutcomeCode;
  readonly outcome: "refused" | "processed" | "unhandled";
  /** Statuses before the answer. */
  readonly interim?: readonly number[];
}

const STATUS: Partial<Record<OutcomeCode, number>> = {
  method_not_allowed: 405,
  body_timeout: 408,
  body_too_large: 413,
  content_encoding_unsupported: 415,
};

export function refused(code: OutcomeCode, name: string, request: Draft | RawRequest): Row {
  return { name, request: toRequest(request), status: STATUS[code] ?? 400, code, outcome: "refused" };
}

export function processed(name: string, request: Draft | RawRequest): Row {
  return { name, request: toRequest(request), status: 200, outcome: "processed" };
}

/** Authentic and well formed, but of a type without a handler: neither a handler nor the store is called. */
export function unhandled(name: string, request: Draft | RawRequest): Row {
  return { name, request: toRequest(request), status: 200, outcome: "unhandled" };
}

function toRequest(request: Draft | RawRequest): RawRequest {
  return "steps" in request ? request : requestOf(request);
}
