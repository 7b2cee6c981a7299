import { callersOf, inFull, withoutMessage } from "../error-text.ts";
import { print } from "../print.ts";
import { safeText } from "../safe-text.ts";
import type { Outcome, OutcomeCode } from "./codes.ts";
import type { Ending } from "./ending.ts";
import type { LateOutcomeRecord } from "./record.ts";

/** What these lines need of a record: of a delivery, of a worker's message, or of work that ended late. */
type Logged = Pick<LateOutcomeRecord, "outcome" | "code" | "message" | "id" | "type" | "error">;

const NEEDS_A_PERSON: ReadonlySet<Outcome> = new Set([
  "failed",
  "timed_out",
  "unavailable",
  "lost",
  "misconfigured",
]);

/** What is logged of these was thrown by a handler, which knows the payload. The rest is ours, the store's or a set-up's. */
const THROWN_BY_HANDLERS: ReadonlySet<OutcomeCode | undefined> = new Set([
  "handler_failed",
  "background_failed",
  "lease_lost",
]);

const TYPE_MAX_LENGTH = 100;

/** Whether these lines say nothing of how a delivery ended: nearly always. */
export function isRoutine({ outcome, code }: Ending): boolean {
  return !needsAPerson(outcome, code);
}

function needsAPerson(outcome: Outcome, code: OutcomeCode | undefined): boolean {
  return NEEDS_A_PERSON.has(outcome) || code === "complete_unavailable";
}

/** The hooks' default: one line on standard error for each record that needs a person, silence for the rest. */
export function logProblems(record: Logged): void {
  log(record, THROWN_BY_HANDLERS.has(record.code) ? withheld : ({ error }) => `${inFull(error)}.`);
}

/** The same in development, where a handler's error may be read. The calls that led to an error are lines of their own. */
export function logProblemsInFull(record: Logged): void {
  log(record, ({ error }) => `${inFull(error)}.${callersOf(error)}`);
}

function log(record: Logged, causeOf: (record: Logged) => string): void {
  const { outcome, code, type, id, message = "", error } = record;
  if (!needsAPerson(outcome, code)) return;
  const subject = [type === undefined ? undefined : safeText(type, TYPE_MAX_LENGTH), id]
    .filter((part) => part !== undefined)
    .join(" ");
  const line = `${code ?? outcome}${subject && ` (${subject})`}: ${message}`;
  print(error === undefined ? line : `${line} Cause: ${causeOf(record)}`);
}

function withheld(record: Logged): string {
  const hook = "handlerMs" in record ? "onOutcome" : "onLateOutcome";
  return (
    `${withoutMessage(record.error)}. Its message may quote a fax, so it is not logged here: ` +
    `read record.error in ${hook}, or set development: true.`
  );
}
