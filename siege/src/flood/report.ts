import type { Forgeries } from "./forgers.ts";
import type { Deliveries } from "./senders.ts";
import type { Sample } from "./server.ts";

/** What a siege has shown. */
export interface Findings {
  readonly seconds: number;
  readonly alone: Deliveries;
  readonly beside: Deliveries;
  readonly forgeries: Forgeries;
  /** After garbage collection, at even intervals; the first is from before the flood. */
  readonly samples: readonly Sample[];
}

/**
 * Compared with a sample after a third of the flood, when everything has been compiled and every buffer is in use. What
 * may grow: the ids of good deliveries, and what the allocator keeps.
 */
export const HEAP_GROWTH_BYTES: number = 8 * 2 ** 20;
export const RSS_GROWTH_BYTES: number = 32 * 2 ** 20;

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const number = (count: number): string => Math.round(count).toLocaleString("en");

function percentile(sortedMs: readonly number[], share: number): string {
  const at = Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share));
  return `${(sortedMs[at] ?? Number.NaN).toFixed(1)} ms`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function rowsOf(name: string, { sent, answered, latenciesMs }: Deliveries): string[] {
  const counts = `${number(sent)} | ${number(answered["200"] ?? 0)}`;
  return Object.entries(latenciesMs).map(([connection, latencies], at) => {
    const sorted = [...latencies].sort((a, b) => a - b);
    const times = [0.5, 0.99, 1].map((share) => percentile(sorted, share)).join(" | ");
    return `| ${name}, ${connection} connections | ${at === 0 ? counts : " | "} | ${times} |`;
  });
}

/** As tables for the reader of SECURITY.md. */
export function tablesOf({ seconds, alone, beside, forgeries, samples }: Findings): string {
  const { sent, answered } = forgeries;
  const last = samples.at(-1) as Sample;
  const third = samples[Math.ceil((samples.length - 1) / 3)] as Sample;
  const statuses = Object.entries(answered).map(([status, count]) => `${status}: ${number(count)}`);
  return [
    "| good deliveries, 50 a second | sent | answered with 200 | median | p99 | slowest |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rowsOf("alone", alone),
    ...rowsOf("beside the flood", beside),
    "",
    "| forged requests | sent |",
    "| --- | --- |",
    ...Object.entries(sent).map(([kind, count]) => `| ${kind} | ${number(count)} |`),
    `| together | ${number(sum(sent))} (${number(sum(sent) / seconds)} a second) |`,
    "",
    `Answers to them: ${statuses.join(", ")}.`,
    `Store calls for them: ${number(forgedStoreCalls(alone, beside, last))}; handler runs: ${number(last.handlerRuns - processed(alone, beside))}.`,
    "",
    "| memory after garbage collection | before | after a third | at the end |",
    "| --- | --- | --- | --- |",
    `| heap | ${mib((samples[0] as Sample).heapBytes)} | ${mib(third.heapBytes)} | ${mib(last.heapBytes)} |`,
    `| resident | ${mib((samples[0] as Sample).rssBytes)} | ${mib(third.rssBytes)} | ${mib(last.rssBytes)} |`,
    `| connections | ${samples[0]?.connections} | ${third.connections} | ${last.connections} |`,
  ].join("\n");
}

/** What must not be. */
export function problemsIn({ alone, beside, forgeries, samples }: Findings): string[] {
  const problems: string[] = [];
  for (const [name, { sent, answered }] of Object.entries({ alone, beside })) {
    if (answered["200"] !== sent)
      problems.push(`good deliveries ${name}: ${JSON.stringify(answered)} of ${sent}`);
  }
  const last = samples.at(-1) as Sample;
  const third = samples[Math.ceil((samples.length - 1) / 3)] as Sample;
  const calls = forgedStoreCalls(alone, beside, last);
  if (calls !== 0) problems.push(`${calls} store calls for forged requests`);
  const runs = last.handlerRuns - processed(alone, beside);
  if (runs !== 0) problems.push(`${runs} handler runs for forged requests`);
  for (const [status, count] of Object.entries(forgeries.answered)) {
    if (status.startsWith("2") || status.startsWith("5"))
      problems.push(`${count} forged requests answered ${status}`);
  }
  if (sum(forgeries.sent) === 0) problems.push("nothing was forged");
  const heap = last.heapBytes - third.heapBytes;
  if (heap > HEAP_GROWTH_BYTES) problems.push(`the heap has grown by ${mib(heap)}`);
  const rss = last.rssBytes - third.rssBytes;
  if (rss > RSS_GROWTH_BYTES) problems.push(`resident memory has grown by ${mib(rss)}`);
  return problems;
}

function processed(alone: Deliveries, beside: Deliveries): number {
  return (alone.answered["200"] ?? 0) + (beside.answered["200"] ?? 0);
}

/** A good delivery takes two: claim and complete. */
function forgedStoreCalls(alone: Deliveries, beside: Deliveries, { storeCalls }: Sample): number {
  return storeCalls - 2 * processed(alone, beside);
}
