import type { Attempt } from "@mintfax-webhooks/testing";

/** mintfax takes any 2xx for "accepted". */
export function isAccepted({ status }: Pick<Attempt, "status">): boolean {
  return status !== null && status >= 200 && status <= 299;
}
