import type { Colours } from "../output/colours.ts";
import { type Column, table } from "../output/table.ts";
import { count, counted, oneLine, wrap } from "../output/text.ts";
import { ageOf } from "../output/time.ts";
import { holderText } from "./holder.ts";
import { namespaceText } from "./namespaces.ts";
import { agoText } from "./print-status.ts";
import { type ClaimView, isLeaseOver } from "./view.ts";

const SHOWN = 50;

/** Claims that were found, the oldest first. */
export interface Found {
  readonly claims: readonly ClaimView[];
  /** With those that are not in `claims`. */
  readonly total: number;
}

/** For people. */
export function pendingText(
  { claims, total }: Found,
  storeName: string,
  { columns, colours: { dim, green } }: { readonly columns: number; readonly colours: Colours },
): string {
  const place = `in ${oneLine(storeName)}`;
  if (total === 0) return `${wrap(`${green("✓")} No claim is held ${place}.`, 0, columns)}\n`;
  const hasSeveral = new Set(claims.map(({ namespace }) => namespace)).size > 1;
  const rows = claims.slice(0, SHOWN).map((view) => rowOf(view, hasSeveral));
  const [heading = "", ...lines] = table(hasSeveral ? [...COLUMNS, NAMESPACE] : COLUMNS, rows);
  // At a narrow terminal there is no heading.
  const first = lines.length === rows.length ? dim(heading) : heading;
  const more = total > SHOWN ? [`  … and ${count(total - SHOWN)} more (--json lists them)`] : [];
  const verdict = `${counted(total, "claim is", "claims are")} held ${place}.`;
  return [first, ...lines, ...more, "", wrap(verdict, 0, columns), ""].join("\n");
}

const COLUMNS: readonly Column[] = [
  { heading: "event", align: "left" },
  { heading: "for", align: "right" },
  { heading: "lease", align: "left" },
  { heading: "held by", align: "left" },
];
const NAMESPACE: Column = { heading: "namespace", align: "left" };

function rowOf(view: ClaimView, hasNamespace: boolean): string[] {
  const { id, namespace, claimedMsAgo, leftMs, holder } = view;
  const lease =
    leftMs === undefined
      ? "transaction"
      : isLeaseOver(view)
        ? `over ${agoText(-leftMs)}`
        : `${ageOf(leftMs / 1000)} left`;
  return [
    id === undefined ? "(not visible yet)" : oneLine(id).slice(0, 64),
    claimedMsAgo === undefined ? "?" : ageOf(claimedMsAgo / 1000),
    lease,
    holder === undefined ? "" : holderText(holder),
    ...(hasNamespace ? [oneLine(namespaceText(namespace ?? ""))] : []),
  ];
}
