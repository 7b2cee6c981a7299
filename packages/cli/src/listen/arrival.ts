import type { CapturedRequest } from "@mintfax-webhooks/diagnose";
import type { Verified } from "./receive.ts";

/** A request for the path of deliveries, as soon as it is known whether it is authentic. */
export interface Arrival {
  readonly at: Date;
  /** Its body is empty where it could not be read. */
  readonly request: CapturedRequest;
  readonly verified: Verified;
}
