import type { Claim, Forgetting, Settlement } from "@mintfax-webhooks/core";
import type { Row } from "./statement.ts";

export function claimFrom([row]: readonly Row[]): Claim {
  if (row?.state === "claimed") return { state: "claimed", fence: Number(row.fence) };
  // No row: somebody else was faster by less than a statement.
  return { state: row?.state === "done" ? "done" : "pending" };
}

/** A settlement answers with the row that it changed. */
export function settlementFrom({ length }: readonly Row[]): Settlement {
  return length === 1 ? "ok" : "lost";
}

export function forgettingFrom([row]: readonly Row[]): Forgetting {
  return row?.answer as Forgetting;
}
