import { tableLine } from "test-support/table";
import type { Result } from "./play.ts";

const COLUMNS = [
  ["fault", 44],
  ["store", 15],
  ["events", 6],
  ["deliveries", 10],
  ["runs", 5],
  ["lost", 4],
  ["doubled p/u", 11],
  ["stale acc/ref", 13],
  ["what was done", 0],
] as const;
/** Of each row; the ledger has the rest. */
const SHOWN_PROBLEMS = 5;

export function heading(): string {
  return line(COLUMNS.map(([name]) => name));
}

export function rowOf({ fault, store, events, deliveries, verdict, done, problems }: Result): string {
  const { runs, lost, doubles, staleAccepted, staleRefused } = verdict;
  const preventable = doubles.filter((double) => double.preventable).length;
  const mark = problems.length === 0 ? "✓" : "✗";
  const cells = [
    `${mark} ${fault}`,
    store,
    events,
    deliveries,
    runs,
    lost.length,
    `${preventable}/${doubles.length - preventable}`,
    `${staleAccepted.length}/${staleRefused}`,
    done,
  ];
  return line(cells.map(String));
}

/** What is wrong with a row, and what the class of its doubles follows from. */
export function notesOf({ problems, verdict: { doubles } }: Result): string[] {
  const because = new Map<string, number>();
  for (const double of doubles.filter(({ preventable }) => !preventable)) {
    const words = double.because.replace(/ with fence \d+ in process \d+/, "");
    because.set(words, (because.get(words) ?? 0) + 1);
  }
  const more = problems.length - SHOWN_PROBLEMS;
  return [
    ...problems.slice(0, SHOWN_PROBLEMS).map((problem) => `    ✗ ${problem}`),
    ...(more > 0 ? [`    ✗ and ${more} more`] : []),
    ...[...because].map(([words, count]) => `    unpreventable, ${count} ×: ${words}`),
  ];
}

/** What each store went through. */
export function totals(results: readonly Result[]): string[] {
  const stores = [...new Set(results.map(({ store }) => store))];
  return stores.map((store) => {
    const own = results.filter((result) => result.store === store);
    const sum = (of: (result: Result) => number) => own.reduce((total, result) => total + of(result), 0);
    const doubles = (preventable: boolean) =>
      sum(({ verdict }) => verdict.doubles.filter((double) => double.preventable === preventable).length);
    return (
      `${store.padEnd(15)} ${sum(({ events }) => events)} events, ${sum(({ deliveries }) => deliveries)} deliveries, ` +
      `${sum(({ verdict }) => verdict.lost.length)} lost, ${doubles(true)} doubled preventably, ` +
      `${doubles(false)} unpreventably, ${sum(({ verdict }) => verdict.staleAccepted.length)} stale settles accepted, ` +
      `${sum(({ verdict }) => verdict.staleRefused)} refused`
    );
  });
}

function line(cells: readonly string[]): string {
  return tableLine(
    cells,
    COLUMNS.map(([, width]) => width),
  );
}
