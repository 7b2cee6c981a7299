import type { ClaimView } from "./view.ts";

/** A claim for programs. */
export function jsonOf({ claimedMsAgo, leftMs, holder, ...view }: ClaimView): object {
  return {
    ...view,
    ...holder,
    ...(claimedMsAgo !== undefined && { claimedSecondsAgo: Math.round(claimedMsAgo / 1000) }),
    ...(leftMs !== undefined && { secondsLeft: Math.round(leftMs / 1000) }),
  };
}

/** One object a line. */
export function printJson(object: object): void {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}
