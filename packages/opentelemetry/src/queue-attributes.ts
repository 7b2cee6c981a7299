import type { EnqueueFacts, EnqueueRecord, WorkerRecord, WorkFacts } from "@mintfax-webhooks/queue";
import type { Attributes } from "@opentelemetry/api";
import { CODE, HANDLER_SECONDS, OUTCOME, set, typeOf } from "./attributes.ts";
import { exceptionTypeOf, isFailure } from "./errors.ts";
import {
  ERROR_TYPE,
  EXCEPTION_TYPE,
  MESSAGING_DESTINATION_NAME,
  MESSAGING_MESSAGE_ID,
  MESSAGING_OPERATION_NAME,
  MESSAGING_OPERATION_TYPE,
  MESSAGING_SYSTEM,
} from "./semconv.ts";

const TYPE = "mintfax.webhook.type";
const RESULT = "mintfax.queue.result";
const ACTION = "mintfax.queue.action";
const ATTEMPT = "mintfax.queue.attempt";
const IS_RETRY = "mintfax.queue.is_retry";

type Facts = EnqueueFacts | WorkFacts;

/** Attributes of all spans and metrics: engine and queue have the names that your code gives them. */
export function placeAttributes({ engine, queue }: Facts, operation: "send" | "process"): Attributes {
  return {
    [MESSAGING_SYSTEM]: engine,
    [MESSAGING_OPERATION_NAME]: operation,
    [MESSAGING_OPERATION_TYPE]: operation,
    [MESSAGING_DESTINATION_NAME]: queue,
  };
}

/** Attributes that are known before an event is stored. */
export function sendAttributes(facts: EnqueueFacts): Attributes {
  const attributes = placeAttributes(facts, "send");
  attributes[MESSAGING_MESSAGE_ID] = facts.id;
  set(attributes, TYPE, typeOf(facts));
  return attributes;
}

/** Attributes that a span of `send` ends with. */
export function sentAttributes(record: EnqueueRecord): Attributes {
  const attributes: Attributes = { [RESULT]: record.outcome };
  const { error } = record;
  set(attributes, ERROR_TYPE, error?.code);
  if (error !== undefined) attributes[EXCEPTION_TYPE] = exceptionTypeOf(error.cause ?? error);
  return attributes;
}

export function sentCountAttributes(facts: EnqueueFacts, record: EnqueueRecord): Attributes {
  const attributes = sentDurationAttributes(facts, record);
  attributes[RESULT] = record.outcome;
  return attributes;
}

export function sentDurationAttributes(facts: EnqueueFacts, { error }: EnqueueRecord): Attributes {
  const attributes = placeAttributes(facts, "send");
  set(attributes, ERROR_TYPE, error?.code);
  return attributes;
}

/** Attributes that are known when a worker is given a message. */
export function workAttributes(facts: WorkFacts): Attributes {
  return { ...placeAttributes(facts, "process"), [ATTEMPT]: facts.attempt };
}

/** Attributes that a span of work ends with. */
export function workedAttributes(facts: WorkFacts, record: WorkerRecord): Attributes {
  const { id, handlerMs, error, waitMs } = record;
  const attributes = attemptAttributes(facts, record);
  // Of a message that cannot be opened, the id may be any text.
  if (waitMs !== undefined) set(attributes, MESSAGING_MESSAGE_ID, id);
  if (handlerMs !== undefined) attributes[HANDLER_SECONDS] = handlerMs / 1000;
  if (error !== undefined) attributes[EXCEPTION_TYPE] = exceptionTypeOf(error);
  return attributes;
}

/** Attributes of the counter of attempts: every value is from a short list, or from your code. */
export function attemptAttributes(facts: WorkFacts, record: WorkerRecord): Attributes {
  const attributes = workDurationAttributes(facts, record);
  attributes[ACTION] = record.action;
  set(attributes, CODE, record.code);
  set(attributes, TYPE, typeOf(record));
  return attributes;
}

export function workDurationAttributes(facts: WorkFacts, record: WorkerRecord): Attributes {
  const attributes = placeAttributes(facts, "process");
  attributes[OUTCOME] = record.outcome;
  set(attributes, ERROR_TYPE, workErrorTypeOf(record));
  return attributes;
}

/** Whether the engine has tried it before: the wait is one for a worker then, and for retries otherwise. */
export function waitAttributes(facts: WorkFacts): Attributes {
  return { ...placeAttributes(facts, "process"), [IS_RETRY]: facts.attempt > 1 };
}

/** `error.type`: the outcome's code if a handler, the store or the message is at fault; undefined otherwise. */
export function workErrorTypeOf(record: WorkerRecord): string | undefined {
  return isFailure(record) || record.action === "park" ? (record.code ?? record.outcome) : undefined;
}
