import { EVENT_TYPES, type LateOutcomeRecord, type OutcomeRecord } from "@mintfax-webhooks/core";
import type { Attributes } from "@opentelemetry/api";
import { errorTypeOf, exceptionTypeOf } from "./errors.ts";
import {
  ERROR_TYPE,
  EXCEPTION_TYPE,
  HTTP_RESPONSE_STATUS_CODE,
  MESSAGING_DESTINATION_NAME,
  MESSAGING_MESSAGE_ID,
  MESSAGING_OPERATION_NAME,
  MESSAGING_OPERATION_TYPE,
  MESSAGING_SYSTEM,
} from "./semconv.ts";

export const OPERATION = "process";
export const OUTCOME = "mintfax.webhook.outcome";
export const CODE = "mintfax.webhook.code";
const SECRET_INDEX = "mintfax.webhook.secret_index";
export const HANDLER_SECONDS = "mintfax.webhook.handler_seconds";

/** Attributes that are known when a delivery arrives. */
export const ARRIVAL: Attributes = {
  [MESSAGING_SYSTEM]: "mintfax",
  [MESSAGING_OPERATION_NAME]: OPERATION,
  [MESSAGING_OPERATION_TYPE]: OPERATION,
};

const KNOWN_TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

/** One of mintfax's six types or `other`, so that a new type makes no new time series. Undefined until the signature was verified. */
export function typeOf({ type }: { readonly type: string | undefined }): string | undefined {
  return type === undefined || KNOWN_TYPES.has(type) ? type : "other";
}

/** Attributes of a span, which may differ with every delivery. */
export function spanAttributes(record: OutcomeRecord): Attributes {
  const { type, id, status, handlerMs, error } = record;
  const attributes = countAttributes(record);
  attributes[HTTP_RESPONSE_STATUS_CODE] = status;
  // Until the signature is verified, the id is text of a stranger.
  if (type !== undefined) set(attributes, MESSAGING_MESSAGE_ID, id);
  if (handlerMs !== undefined) attributes[HANDLER_SECONDS] = handlerMs / 1000;
  if (error !== undefined) attributes[EXCEPTION_TYPE] = exceptionTypeOf(error);
  return attributes;
}

/** Attributes of a counter: every value is from a short list, none from a request. */
export function countAttributes(record: OutcomeRecord | LateOutcomeRecord): Attributes {
  const attributes = durationAttributes(record);
  set(attributes, CODE, record.code);
  if ("secretIndex" in record) set(attributes, SECRET_INDEX, record.secretIndex);
  return attributes;
}

/** Attributes of a histogram: fewer, since each of its series costs more. */
export function durationAttributes(record: OutcomeRecord | LateOutcomeRecord): Attributes {
  const attributes: Attributes = { ...ARRIVAL, [OUTCOME]: record.outcome };
  set(attributes, MESSAGING_DESTINATION_NAME, typeOf(record));
  set(attributes, ERROR_TYPE, errorTypeOf(record));
  return attributes;
}

/** Metrics would make a series of its own for an undefined value. */
export function set(attributes: Attributes, name: string, value: string | number | undefined): void {
  if (value !== undefined) attributes[name] = value;
}
