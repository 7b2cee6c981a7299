import type { Colours } from "../output/colours.ts";
import { table } from "../output/table.ts";
import { count, counted, oneLine, wrap } from "../output/text.ts";
import { ageOf, minuteOf } from "../output/time.ts";
import type { Look } from "./look.ts";

const SHOWN = 50;
/** A row of the table takes as many. */
const TABLE_COLUMNS = 64;

const COLUMNS = [
  { heading: "fax", align: "left" },
  { heading: "owed since, UTC", align: "left" },
  { heading: "for", align: "right" },
] as const;

/** How a look is printed. */
export interface TextSettings {
  readonly olderThanMs: number | undefined;
  readonly columns: number;
  readonly colours: Colours;
}

/** What a look has found, for people. */
export function textOf(look: Look, { olderThanMs, columns, colours }: TextSettings): string {
  const parts = [
    faxesOf(look, columns, colours),
    wrap(verdictOf(look, olderThanMs, colours), 2, columns).trimStart(),
    wrap(restOf(look), 0, columns),
  ];
  return `${parts.filter((part) => part !== "").join("\n")}\n`;
}

/** The same in one line, for a loop. */
export function lineOf(look: Look, { olderThanMs, colours }: TextSettings): string {
  return `${minuteOf(new Date())}  ${verdictOf(look, olderThanMs, colours)} ${restOf(look)}\n`;
}

function verdictOf({ overdue }: Look, olderThanMs: number | undefined, { green, red }: Colours): string {
  const longer = olderThanMs === undefined ? "" : ` for more than ${ageOf(olderThanMs / 1000)}`;
  return overdue === 0
    ? `${green("✓")} No fax owes its final event${longer}.`
    : `${red("✗")} ${counted(overdue, "fax owes its", "faxes owe their")} final event${longer}.`;
}

function restOf({ expected, owed, sinceLastEventSeconds }: Look): string {
  const last =
    sinceLastEventSeconds === undefined
      ? "No final event is known."
      : `The last final event came ${ageOf(sinceLastEventSeconds)} ago.`;
  return `${counted(expected - owed, "fax is", "faxes are")} under way. ${last}`;
}

function faxesOf({ faxes, overdue }: Look, columns: number, { dim }: Colours): string {
  if (faxes.length === 0) return "";
  const rows = faxes
    .slice(0, SHOWN)
    .map(({ id, by }) => [
      oneLine(id).slice(0, 32),
      minuteOf(by),
      ageOf(Math.max(0, (Date.now() - by.getTime()) / 1000)),
    ]);
  const more = overdue > SHOWN ? [`  … and ${count(overdue - SHOWN)} more`] : [];
  if (columns >= TABLE_COLUMNS) {
    const [heading = "", ...lines] = table(COLUMNS, rows);
    return [dim(heading), ...lines, ...more, ""].join("\n");
  }
  const lines = rows.flatMap(([id, since, age]) => [`  ${id}`, `    since ${since}, ${age}`]);
  return [...lines, ...more, ""].join("\n");
}
