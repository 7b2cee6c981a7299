import type { Check } from "./check.ts";
import { deliveryChecks } from "./deliveries.ts";
import { placeChecks } from "./place.ts";
import { signatureChecks } from "./signature.ts";

/** What has to hold on every runtime. */
export const checks: readonly Check[] = [...placeChecks, ...signatureChecks, ...deliveryChecks];
