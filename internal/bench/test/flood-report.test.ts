import { expect, test } from "vitest";
import type { Forgeries } from "../src/flood/forgers.ts";
import {
  type Findings,
  HEAP_GROWTH_BYTES,
  problemsIn,
  RSS_GROWTH_BYTES,
  SENDERS_LIMIT_MS,
} from "../src/flood/report.ts";
import type { Sample } from "../src/flood/server.ts";
import { KINDS, type Kind } from "../src/flood/traffic.ts";

const good = { sent: 2, elapsedMs: 40, answered: { 200: 2 }, latenciesMs: { kept: [1], fresh: [1] } };
const sample = { heapBytes: 1e7, rssBytes: 1e8, storeCalls: 12, handlerRuns: 6, connections: 2, refusals: 9 };
const forgeries = Object.fromEntries(
  Object.entries(KINDS).map(([kind, status]) => [kind, { sent: 1, answered: { [status]: 1 } }]),
) as unknown as Record<Kind, Forgeries>;
const held: Findings = {
  warm: good,
  alone: good,
  beside: good,
  flood: { elapsedMs: 1_000, forgeries },
  samples: [sample, sample, sample, sample],
};

function endingWith(last: Partial<Sample>): Findings {
  return { ...held, samples: [sample, sample, sample, { ...sample, ...last }] };
}

function sending(kind: Kind, told: Forgeries): Findings {
  return { ...held, flood: { ...held.flood, forgeries: { ...forgeries, [kind]: told } } };
}

test("a siege in which everything held has no problems", () => {
  expect(problemsIn(held)).toEqual([]);
});

test.each<[string, Findings, string]>([
  ["one store call too many", endingWith({ storeCalls: 13 }), "1 store calls for forged requests"],
  ["one handler run too many", endingWith({ handlerRuns: 7 }), "1 handler runs for forged requests"],
  [
    "a heap that grows",
    endingWith({ heapBytes: sample.heapBytes + HEAP_GROWTH_BYTES + 1 }),
    "the heap has grown by 8.0 MiB",
  ],
  [
    "resident memory that grows",
    endingWith({ rssBytes: sample.rssBytes + RSS_GROWTH_BYTES + 1 }),
    "resident memory has grown by 64.0 MiB",
  ],
  [
    "a good delivery that comes too late for its sender",
    { ...held, beside: { ...good, latenciesMs: { kept: [1], fresh: [SENDERS_LIMIT_MS] } } },
    "1 good deliveries beside answered after the sender's 30 s",
  ],
  [
    "a forgery that is accepted",
    sending("stale replay", { sent: 2, answered: { 400: 1, 200: 1 } }),
    "stale replay: answered 200: 1",
  ],
  [
    "a forgery that is not answered",
    sending("oversized, undeclared", { sent: 2, answered: { 413: 1, none: 1 } }),
    "oversized, undeclared: answered none: 1",
  ],
  [
    "a kind of forgery that was never sent",
    sending("slow body", { sent: 0, answered: {} }),
    "nothing was sent of: slow body",
  ],
])("%s is one", (_, findings, problem) => {
  expect(problemsIn(findings)).toEqual([problem]);
});

test("a good delivery that is lost is one", () => {
  const beside = { ...good, answered: { 200: 1, 503: 1 } };
  expect(problemsIn({ ...held, beside })).toContain(
    "good deliveries beside: of 2, these answers: 200: 1, 503: 1",
  );
});
