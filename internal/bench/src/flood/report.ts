import { tableText } from "test-support/table";
import type { Flood } from "./forgers.ts";
import type { Deliveries } from "./senders.ts";
import type { Sample } from "./server.ts";
import { KINDS, type Kind } from "./traffic.ts";

/** What a siege has shown. */
export interface Findings {
  /** The first good deliveries: they count, but the time that they took does not. */
  readonly warm: Deliveries;
  readonly alone: Deliveries;
  readonly beside: Deliveries;
  readonly flood: Flood;
  /** After garbage collection, at even intervals; the first is from before the flood. */
  readonly samples: readonly Sample[];
}

/**
 * Compared with a sample after a third of the flood, when everything has been compiled and every buffer is in use. What
 * may grow: the ids of good deliveries (some 50 a second, about 300 bytes each in the memory store), and what V8 and the
 * allocator keep. A whole siege refuses some hundred thousand forgeries after that sample, so any bytes that were kept of each,
 * a string of 100 bytes even, would be beyond these bounds.
 */
export const HEAP_GROWTH_BYTES: number = 8 * 2 ** 20;
export const RSS_GROWTH_BYTES: number = 64 * 2 ** 20;

/** When mintfax gives up on an attempt. */
export const SENDERS_LIMIT_MS = 30_000;

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const number = (count: number): string => Math.round(count).toLocaleString("en");
const ms = (time: number): string => `${time.toFixed(1)} ms`;

function percentile(sortedMs: readonly number[], share: number): number {
  const at = Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share));
  return sortedMs[at] ?? Number.NaN;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function rowsOf(name: string, { sent, elapsedMs, answered, latenciesMs }: Deliveries): string[][] {
  const good = answered["200"] ?? 0;
  const counts = [number(sent), number(good), ((good * 1_000) / elapsedMs).toFixed(1)];
  return Object.entries(latenciesMs).map(([connection, latencies], at) => {
    const sorted = [...latencies].sort((a, b) => a - b);
    const times = [0.5, 0.99, 1].map((share) => ms(percentile(sorted, share)));
    return [`${name}, ${connection} connections`, ...(at === 0 ? counts : ["", "", ""]), ...times];
  });
}

/** As tables; docs/internals/resilience.md says how to read them. */
export function tablesOf(findings: Findings): string {
  const { alone, beside, flood, samples } = findings;
  const { elapsedMs, forgeries } = flood;
  const [first, third, last] = memory(samples);
  const sent = Object.values(forgeries).reduce((total, kind) => total + kind.sent, 0);
  const refused = last.refusals - third.refusals;
  const heap = last.heapBytes - third.heapBytes;
  return [
    tableText([
      ["good deliveries", "sent", "answered with 200", "a second", "median", "p99", "slowest"],
      ...rowsOf("alone", alone),
      ...rowsOf("beside the flood", beside),
    ]),
    tableText([
      ["forged requests", "sent", "answered"],
      ...Object.entries(forgeries).map(([kind, { sent, answered }]) => [
        kind,
        number(sent),
        statuses(answered),
      ]),
      ["together", `${number(sent)} (${number((sent * 1_000) / elapsedMs)} a second)`, ""],
    ]),
    `Store calls for them: ${number(forgedStoreCalls(findings))}; handler runs: ${number(forgedRuns(findings))}.`,
    tableText([
      [
        "memory after garbage collection",
        "before",
        "after a third",
        "at the end",
        "may grow after a third by",
      ],
      ["heap", mib(first.heapBytes), mib(third.heapBytes), mib(last.heapBytes), mib(HEAP_GROWTH_BYTES)],
      ["resident", mib(first.rssBytes), mib(third.rssBytes), mib(last.rssBytes), mib(RSS_GROWTH_BYTES)],
      ["connections", `${first.connections}`, `${third.connections}`, `${last.connections}`, ""],
    ]),
    `Heap after the first third: ${number(heap)} bytes over ${number(refused)} refusals, ${(heap / refused).toFixed(1)} each.`,
  ].join("\n\n");
}

/** What must not be. */
export function problemsIn(findings: Findings): string[] {
  const { warm, alone, beside, flood, samples } = findings;
  const problems: string[] = [];
  for (const [name, { sent, answered, latenciesMs }] of Object.entries({ warm, alone, beside })) {
    if (answered["200"] !== sent)
      problems.push(`good deliveries ${name}: of ${sent}, these answers: ${statuses(answered)}`);
    for (const latencies of Object.values(latenciesMs)) {
      const late = latencies.filter((latency) => latency >= SENDERS_LIMIT_MS).length;
      if (late > 0) problems.push(`${late} good deliveries ${name} answered after the sender's 30 s`);
    }
  }
  const calls = forgedStoreCalls(findings);
  if (calls !== 0) problems.push(`${calls} store calls for forged requests`);
  const runs = forgedRuns(findings);
  if (runs !== 0) problems.push(`${runs} handler runs for forged requests`);
  for (const [kind, { sent, answered }] of Object.entries(flood.forgeries)) {
    if (sent === 0) problems.push(`nothing was sent of: ${kind}`);
    const { [KINDS[kind as Kind]]: _, ...others } = answered;
    if (sum(others) > 0) problems.push(`${kind}: answered ${statuses(others)}`);
  }
  const [, third, last] = memory(samples);
  const heap = last.heapBytes - third.heapBytes;
  if (heap > HEAP_GROWTH_BYTES) problems.push(`the heap has grown by ${mib(heap)}`);
  const rss = last.rssBytes - third.rssBytes;
  if (rss > RSS_GROWTH_BYTES) problems.push(`resident memory has grown by ${mib(rss)}`);
  return problems;
}

function statuses(answered: Readonly<Record<string, number>>): string {
  return Object.entries(answered)
    .map(([status, count]) => `${status}: ${number(count)}`)
    .join(", ");
}

function memory(samples: readonly Sample[]): readonly [first: Sample, third: Sample, last: Sample] {
  const at = [0, Math.ceil((samples.length - 1) / 3), samples.length - 1];
  return at.map((index) => samples[index]) as unknown as readonly [Sample, Sample, Sample];
}

function processed({ warm, alone, beside }: Findings): number {
  return [warm, alone, beside].reduce((total, { answered }) => total + (answered["200"] ?? 0), 0);
}

function forgedRuns(findings: Findings): number {
  return (findings.samples.at(-1)?.handlerRuns ?? Number.NaN) - processed(findings);
}

/** A good delivery takes two: claim and complete. */
function forgedStoreCalls(findings: Findings): number {
  return (findings.samples.at(-1)?.storeCalls ?? Number.NaN) - 2 * processed(findings);
}
