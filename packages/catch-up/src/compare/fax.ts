import type { Fax } from "@mintfax-webhooks/core";
import { isId, membersOf, timeFrom } from "../api/read.ts";

/** A fax without a final status here. */
export interface OutstandingFax {
  /** mintfax's id of it. */
  readonly id: string;
  /** About when it was submitted. With it, many faxes take few requests. */
  readonly since?: Date;
}

/** All that mintfax keeps of a fax in a zero-footprint environment once it is final. */
export interface ZeroFootprintFax {
  readonly id: string;
  readonly status: "delivered" | "failed";
  /** ISO 8601, UTC, as the other times; undefined where the answer does not have it. */
  readonly created_at: string | undefined;
  readonly submitted_at: string | undefined;
  readonly completed_at: string | undefined;
  readonly updated_at: string | undefined;
}

/** A fax that is final at mintfax and outstanding here. Its event never came, or never got through. */
export type MissingFax =
  | {
      readonly id: string;
      readonly status: "delivered" | "failed";
      readonly zeroFootprint: false;
      /** As mintfax answered it, unchecked beyond `id` and `status`. */
      readonly fax: Fax;
    }
  | {
      readonly id: string;
      readonly status: "delivered" | "failed";
      /** mintfax has deleted the rest: number, pages and error are not to be had any more. */
      readonly zeroFootprint: true;
      readonly fax: ZeroFootprintFax;
    };

/** A fax as mintfax's API has it. */
export interface FaxThere {
  readonly id: string;
  /** Undefined where it is not final. */
  readonly final: MissingFax | undefined;
  /** Since when it is final, in milliseconds; undefined where mintfax did not say. */
  readonly finalMs: number | undefined;
}

/** @returns undefined for what is not a fax */
export function faxFrom(entry: unknown): FaxThere | undefined {
  const members = membersOf(entry);
  const { id, status } = members;
  if (!isId(id) || typeof status !== "string") return undefined;
  if (status !== "delivered" && status !== "failed") return { id, final: undefined, finalMs: undefined };
  const finalMs = timeFrom(members.completed_at) ?? timeFrom(members.updated_at);
  // Everything but these is deleted; a fax that mintfax has all of always names its destination.
  if ("to" in members) {
    return { id, final: { id, status, zeroFootprint: false, fax: members as unknown as Fax }, finalMs };
  }
  const text = (name: string): string | undefined =>
    typeof members[name] === "string" ? members[name] : undefined;
  const fax: ZeroFootprintFax = {
    id,
    status,
    created_at: text("created_at"),
    submitted_at: text("submitted_at"),
    completed_at: text("completed_at"),
    updated_at: text("updated_at"),
  };
  return { id, final: { id, status, zeroFootprint: true, fax }, finalMs };
}
