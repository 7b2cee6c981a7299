import type { CatchUpEvent, CatchUpReport, CatchUpState } from "@mintfax-webhooks/catch-up";
import type { Colours } from "../output/colours.ts";
import { table } from "../output/table.ts";
import { count, counted, oneLine, wrap } from "../output/text.ts";
import { minuteOf } from "../output/time.ts";

const SHOWN = 50;
/** A row of the table takes as many. */
const TABLE_COLUMNS = 80;

/** What a run found and did, for people. */
export function textOf(
  report: CatchUpReport,
  { endpoint, columns, colours }: { endpoint: string; columns: number; colours: Colours },
): string {
  const { attemptsRead, events } = report;
  const attempts = counted(attemptsRead, "failed attempt", "failed attempts");
  const parts = [
    wrap(
      `${attempts} of ${counted(events.total, "event", "events")} at ${oneLine(endpoint)} since ${minuteOf(report.since)} UTC.`,
      0,
      columns,
    ),
    detailsOf(report.details, columns, colours),
    ...countsOf(report).map((line) => wrap(line, 2, columns)),
    verdictOf(report, columns, colours),
  ];
  // Each part has an empty line around it.
  return `${parts.filter((part) => part !== "").join("\n")}\n`.replace(/\n{3,}/g, "\n\n");
}

const COLUMNS = [
  { heading: "event", align: "left" },
  { heading: "attempts", align: "right" },
  { heading: "last failed, UTC", align: "left" },
  { heading: "answer", align: "left" },
  { heading: "", align: "left" },
] as const;

const STATES: Readonly<Record<CatchUpState, string>> = {
  alreadyThrough: "got through",
  leftToSchedule: "mintfax retries",
  waiting: "waits",
  toResend: "to be sent",
  repaired: "got through",
  stillFailing: "fails again",
  givenUp: "given up",
  unconfirmed: "no outcome yet",
  refused: "refused",
  postponed: "postponed",
};

function detailsOf(details: readonly CatchUpEvent[], columns: number, { dim }: Colours): string {
  if (details.length === 0) return "";
  const rows = details
    .slice(0, SHOWN)
    .map((event) => [
      oneLine(event.eventId).slice(0, 30),
      count(event.attempts),
      event.failedAt === undefined ? "" : minuteOf(event.failedAt),
      event.statusCode === null ? "none" : String(event.statusCode),
      STATES[event.state],
    ]);
  const more = details.length > SHOWN ? [`  … and ${count(details.length - SHOWN)} more: see --json`] : [];
  if (columns >= TABLE_COLUMNS) {
    const [heading = "", ...lines] = table(COLUMNS, rows);
    return ["", dim(heading), ...lines, ...more, ""].join("\n");
  }
  const lines = rows.flatMap(([event, attempts, failedAt, answer, state]) => [
    `  ${event}`,
    wrap(`${state}; attempt ${attempts} at ${failedAt}, answer ${answer}`, 4, columns),
  ]);
  return ["", ...lines, ...more, ""].join("\n");
}

/** What each state means for the reader, where there is an event in it. */
function countsOf({ events, details }: CatchUpReport): string[] {
  const reasons = [...new Set(details.flatMap(({ state, reason }) => (state === "refused" && reason) || []))];
  const lines: readonly (readonly [number, string])[] = [
    [events.alreadyThrough, "got through before"],
    [events.leftToSchedule, "left to mintfax's own retries, which go on for 20 minutes"],
    [events.waiting, "sent again before, and waiting for the next try: --now does not wait"],
    [events.repaired, "got through now"],
    [events.stillFailing, "failed again"],
    [
      events.givenUp,
      'given up after 10 tries: press "Retry now" in mintfax\'s dashboard once the cause is gone',
    ],
    [events.unconfirmed, "sent again, and no outcome is known yet: look again in a minute"],
    [events.refused, `refused by mintfax (${reasons.map(oneLine).join(", ")})`],
    [events.postponed, "not tried in this run"],
  ];
  return lines.filter(([number]) => number > 0).map(([number, words]) => `${count(number)} ${words}`);
}

/** A list was not read to its end; or the endpoint is misspelt, which has no attempts either. */
export function isCertain({ complete, notes }: CatchUpReport): boolean {
  return complete && !notes.some(({ code }) => code === "no_attempts");
}

function verdictOf(report: CatchUpReport, columns: number, { green, red }: Colours): string {
  const { dryRun, endpointFailing, events, owed } = report;
  const say = (mark: string, text: string): string => `\n${mark} ${wrap(text, 2, columns).trimStart()}`;
  if (endpointFailing) {
    return say(
      red("✗"),
      "None of the first five events got through, so the rest was not sent. Look at the receiver's log, then run this again.",
    );
  }
  if (owed > 0 && dryRun && events.toResend > 0) {
    return say(
      red("✗"),
      `${counted(events.toResend, "event", "events")} did not get through. Nothing was sent: add --resend to have mintfax send again.`,
    );
  }
  if (owed > 0) return say(red("✗"), `${counted(owed, "event is", "events are")} still missing.`);
  return isCertain(report) ? say(green("✓"), "Nothing is missing.") : "";
}
