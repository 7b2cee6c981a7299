import type { WorkRecord } from "@mintfax-webhooks/core/worker";
import type { UnopenedCode } from "./message/open.ts";

/** What becomes of a message: it is done, the engine tries it again, or a person decides. */
export type Action = "finish" | "retry" | "park";

/** How one attempt at a message ended. It has nothing of the body: safe to log as JSON. */
export interface WorkerRecord extends Omit<WorkRecord, "code" | "id"> {
  readonly code: WorkRecord["code"] | UnopenedCode | "no_handler";
  /** The event's `webhook-id`; undefined where the message could not be read. */
  readonly id: string | undefined;
  readonly action: Action;
  /** From the hand-off to the start of this attempt, in milliseconds; undefined where the message could not be opened. */
  readonly waitMs: number | undefined;
}

/** Why a message is tried again or parked, in words that an engine may keep: they hold nothing of what a handler threw. */
export function reasonOf({ code, outcome, message }: WorkerRecord): string {
  return [code ?? outcome, message].filter((part) => part !== undefined).join(": ");
}

/** A record with what becomes of its message. */
export function withAction(
  record: WorkRecord,
  { isLastAttempt, waitMs }: { readonly isLastAttempt: boolean; readonly waitMs: number },
): WorkerRecord {
  const action = actionFor(record, isLastAttempt);
  const isUnhandled = record.outcome === "unhandled";
  // `Object.assign` keeps the record itself, and with it the error, which is not enumerable.
  return Object.assign(record, {
    action,
    waitMs,
    ...(isUnhandled && {
      code: "no_handler" as const,
      message: "No handler for events of this type. Add one, deploy it, and retry what is parked.",
    }),
  });
}

function actionFor({ outcome }: WorkRecord, isLastAttempt: boolean): Action {
  if (outcome === "processed" || outcome === "duplicate") return "finish";
  if (outcome === "unhandled" || outcome === "refused") return "park";
  return isLastAttempt ? "park" : "retry";
}
