import type { Fax } from "@mintfax-webhooks/core";

/** What is left of a fax that has ended in a zero-footprint environment (data-retention, November 2026). */
export type FaxFootprint = Pick<
  Fax,
  "id" | "status" | "submitted_at" | "completed_at" | "created_at" | "updated_at"
>;

/** A fax as the environment keeps it. */
export type FaxRecord = Fax | FaxFootprint;

export function footprintOf(fax: Fax): FaxFootprint {
  const { id, status, submitted_at, completed_at, created_at, updated_at } = fax;
  return { id, status, submitted_at, completed_at, created_at, updated_at };
}
