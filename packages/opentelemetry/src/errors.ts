import type { Outcome, OutcomeCode } from "@mintfax-webhooks/core";

/**
 * Which outcomes are failures of this server. Refusals are not: strangers can cause any number of them, and
 * OpenTelemetry does not count a 4xx of an HTTP server as an error either.
 */
const IS_FAILURE: Readonly<Record<Outcome, boolean>> = {
  processed: false,
  duplicate: false,
  unhandled: false,
  refused: false,
  busy: false,
  failed: true,
  timed_out: true,
  unavailable: true,
  lost: true,
  misconfigured: true,
};

/** Whether this server or its store is at fault. */
export function isFailure({ outcome, code }: { readonly outcome: Outcome; readonly code: unknown }): boolean {
  return IS_FAILURE[outcome] || code === "complete_unavailable";
}

/** `error.type`: the outcome's code if the delivery failed, undefined otherwise. */
export function errorTypeOf(record: {
  readonly outcome: Outcome;
  readonly code: OutcomeCode | undefined;
}): OutcomeCode | undefined {
  return isFailure(record) ? record.code : undefined;
}

// A programmer writes the name of a class. An error's `name` may hold anything, as its message may.
const CLASS_NAME = /^[A-Za-z_$][\w$]{0,79}$/;

/** The class of the thrown value and nothing else: messages, stacks and names may quote payloads. */
export function exceptionTypeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return typeof error;
  try {
    const name: unknown = Object.getPrototypeOf(error)?.constructor?.name;
    return typeof name === "string" && CLASS_NAME.test(name) ? name : "_OTHER";
  } catch {
    // A proxy or a getter that throws.
    return "_OTHER";
  }
}
