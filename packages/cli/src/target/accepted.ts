import type { Attempt } from "@mintfax-webhooks/testing";

/** mintfax counts any 2xx as accepted. */
export function isAccepted({ status }: Pick<Attempt, "status">): boolean {
  return status !== null && status >= 200 && status <= 299;
}
