import type { Variant } from "../environment/attempts.ts";
import type { Reason } from "./protocol.ts";

/** Without the other members of a finding. */
export function reasonOf({ what, why, fix }: Reason): Reason {
  return { what, why, fix };
}

/** Of what the page has sent on purpose: whether a receiver takes it is the question. */
const ON_PURPOSE: Readonly<Record<Exclude<Variant, "copy">, readonly [what: string, why: string]>> = {
  forged: [
    "It was forged on purpose, from this page.",
    "It is signed with a random secret, as by a person who does not have yours.",
  ],
  stale: [
    "It is stale on purpose, sent from this page.",
    "It is signed with your secret for a time one hour ago, as a captured delivery that is sent again.",
  ],
  tampered: [
    "It was tampered with on purpose, from this page.",
    "One digit of its body was changed after signing.",
  ],
};

const NOT_CHECKED =
  "Your receiver took it all the same. It has to check the signature and the time of each delivery before it uses it.";

/** @param wasTaken whether the receiver has answered it with 2xx */
export function onPurpose(variant: Exclude<Variant, "copy">, wasTaken: boolean): Reason {
  const [what, why] = ON_PURPOSE[variant];
  return { what, why, fix: wasTaken ? NOT_CHECKED : undefined };
}

/** Of a delivery that a receiver has refused although it is genuine. */
export const AUTHENTIC: Reason = {
  what: "What was sent is authentic: the signature matches the endpoint's secret, byte for byte.",
  why: "So the receiver has another secret, or its check sees other bytes than those that were sent.",
  fix: "Compare its MINTFAX_WEBHOOK_SECRET with this endpoint's, and look for middleware that parses the body before the check.",
};
