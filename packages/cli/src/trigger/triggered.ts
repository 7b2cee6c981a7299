import { type Attempt, isAccepted } from "@mintfax-webhooks/testing";
import { readAnswer } from "../output/answer.ts";
import type { TriedForms } from "../target/body-forms.ts";
import { isRefusal } from "../target/refusal.ts";
import type { Disguise } from "./disguise.ts";

/** A delivery that was sent, and its attempts. */
export interface Triggered {
  readonly type: string;
  readonly id: string;
  readonly to: URL;
  /** Undefined where the delivery was genuine. */
  readonly disguise: Disguise | undefined;
  readonly attempts: readonly Attempt[];
  /** Undefined where the body is not why a genuine delivery was refused. */
  readonly forms: TriedForms | undefined;
}

/** Whether an attempt got the answer of a correct receiver. */
export function isRight(attempt: Attempt, { disguise, attempts }: Triggered): boolean {
  if (attempt.status === null) return false;
  const { outcome } = readAnswer(attempt);
  if (disguise !== undefined) return outcome === "refused" || isRefusal(attempt.status);
  // mintfax sends again what is not accepted, so a copy beside an accepted one may be refused in any way.
  return attempts.some(isAccepted);
}

/** Whether all attempts got the answer of a correct receiver. */
export function asExpected(triggered: Triggered): boolean {
  return triggered.attempts.every((attempt) => isRight(attempt, triggered));
}
