import type { Reason } from "./protocol.ts";

/** Without the other members of a finding. */
export function reasonOf({ what, why, fix }: Reason): Reason {
  return { what, why, fix };
}

/** Of a delivery that a receiver has refused although it is genuine. */
export const AUTHENTIC: Reason = {
  what: "What was sent is authentic: the signature matches the endpoint's secret, byte for byte.",
  why: "So the receiver has another secret, or its check sees other bytes than those that were sent.",
  fix: "Compare its MINTFAX_WEBHOOK_SECRET with this endpoint's, and look for middleware that parses the body before the check.",
};
