import { tableText } from "test-support/table";
import type { Findings } from "./contract/findings.ts";

/** A receiver, and what was found at it; in words where it was not played. */
export type Played = readonly [name: string, findings: Findings | string];

const HEADING = ["receiver", "trigger", "simulate", "certify, must", "certify, advice"];
const MOST_NAMED = 3;

/** For people: what each command has found out. */
export function tableOf(played: readonly Played[]): string {
  const rows = played.map(([name, findings]) =>
    typeof findings === "string"
      ? [name, `not played: ${findings}`]
      : [
          name,
          named(findings.trigger),
          named(findings.simulate),
          named(findings.certify),
          String(findings.advised.length),
        ],
  );
  return tableText([HEADING, ...rows]);
}

function named(found: readonly string[]): string {
  if (found.length === 0) return "–";
  const more = found.length - MOST_NAMED;
  return `${found.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
