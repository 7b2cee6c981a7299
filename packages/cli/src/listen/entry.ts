import type { Diagnosis } from "@mintfax-webhooks/diagnose";
import { isAccepted } from "@mintfax-webhooks/testing";
import { type ReadAnswer, readAnswer } from "../output/answer.ts";
import type { Essentials } from "./essentials.ts";
import type { Forwarded } from "./forward.ts";
import type { Verified } from "./receive.ts";

/** A delivery and its outcome. */
export interface Entry {
  readonly at: Date;
  readonly verified: Verified;
  readonly essentials: Essentials;
  readonly durationMs: number;
  readonly forwarded: Forwarded | undefined;
  readonly diagnosis?: Diagnosis;
  /** Why there is no diagnosis of a refused delivery. */
  readonly undiagnosed?: string;
}

/** Whether it needs no attention. */
export function isFine({ verified, forwarded }: Entry): boolean {
  return isAuthentic(verified) && (forwarded === undefined || isAccepted(forwarded));
}

/** Whether it was verified: the outcomes of a receiver whose handler cannot fail. */
export function isAuthentic({ outcome }: Verified): boolean {
  return outcome === "processed" || outcome === "duplicate" || outcome === "unhandled" || outcome === "busy";
}

/** The target's answer, read. */
export function answerOf(forwarded: Forwarded): ReadAnswer {
  return forwarded.status === null
    ? readAnswer({ ...forwarded, body: null })
    : readAnswer({ status: forwarded.status, body: forwarded.body.toString("utf8"), error: null });
}

/** The outcome in one word. A delivery that is passed on is not processed here. */
export function outcomeOf({ verified, forwarded }: Entry): string {
  return forwarded !== undefined && isAuthentic(verified) ? "verified" : verified.outcome;
}
