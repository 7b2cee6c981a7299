import type { Inspection } from "@mintfax-webhooks/core";
import type { DedupKey, InspectedRow } from "@mintfax-webhooks/core/store";
import { type Holder, holderFrom } from "./holder.ts";

/** What is known of a claim, in terms of time that do not depend on the clock of this machine. */
export interface ClaimView {
  readonly id: string | undefined;
  readonly namespace: string | undefined;
  readonly state: Inspection["state"];
  readonly holder?: Holder;
  readonly fence?: number;
  readonly claimedAt?: Date;
  readonly claimedMsAgo?: number;
  /** The end of the lease, or of the retention. */
  readonly until?: Date;
  /** Negative where it is over. */
  readonly leftMs?: number;
  /** The store's clock. */
  readonly storeTime?: Date;
}

export function viewOf(key: DedupKey | undefined, inspection: Inspection): ClaimView {
  const about = { id: key?.id, namespace: key?.namespace, state: inspection.state };
  if (inspection.state === "absent") return about;
  return {
    ...about,
    ...(inspection.state === "pending" && { holder: holderFrom(inspection.owner) }),
    ...timesOf(inspection),
  };
}

function timesOf({ nowMs, fence, claimedMs, untilMs }: InspectedRow): Partial<ClaimView> {
  return {
    ...(fence !== undefined && { fence }),
    ...(claimedMs !== undefined && {
      claimedAt: new Date(claimedMs),
      claimedMsAgo: Math.max(0, nowMs - claimedMs),
    }),
    ...(untilMs !== undefined && { until: new Date(untilMs), leftMs: untilMs - nowMs }),
    storeTime: new Date(nowMs),
  };
}

/** What the process of a claim is likely to be doing. */
export function isLeaseOver({ leftMs }: ClaimView): boolean {
  return leftMs !== undefined && leftMs <= 0;
}
