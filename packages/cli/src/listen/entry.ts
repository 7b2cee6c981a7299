import type { Diagnosis } from "@mintfax-webhooks/diagnose";
import { type ReadAnswer, readAnswer } from "../output/answer.ts";
import { isAccepted } from "../target/accepted.ts";
import type { Essentials } from "./essentials.ts";
import type { Forwarded } from "./forward.ts";
import type { Verified } from "./receive.ts";

/** A delivery that came, and what became of it. */
export interface Entry {
  readonly at: Date;
  readonly verified: Verified;
  readonly essentials: Essentials;
  readonly durationMs: number;
  readonly forwarded: Forwarded | undefined;
  readonly diagnosis?: Diagnosis;
  /** Why a diagnosis that was due is missing. */
  readonly undiagnosed?: string;
}

/** Whether nobody has to look into it. */
export function isFine({ verified, forwarded }: Entry): boolean {
  return isAuthentic(verified) && (forwarded === undefined || isAccepted(forwarded));
}

/** Whether it was verified: the outcomes of a receiver whose handler cannot fail. */
export function isAuthentic({ outcome }: Verified): boolean {
  return outcome === "processed" || outcome === "duplicate" || outcome === "unhandled" || outcome === "busy";
}

/** What the target answered, put into words. */
export function answerOf(forwarded: Forwarded): ReadAnswer {
  return forwarded.status === null
    ? readAnswer({ ...forwarded, body: null })
    : readAnswer({ status: forwarded.status, body: forwarded.body.toString("utf8"), error: null });
}

/** The outcome in one word. A delivery that is passed on is not processed here. */
export function outcomeOf({ verified, forwarded }: Entry): string {
  return forwarded !== undefined && isAuthentic(verified) ? "verified" : verified.outcome;
}
