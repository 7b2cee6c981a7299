import type { DeliveryReport } from "@mintfax-webhooks/testing";
import type { Entry } from "../ledger.ts";
import { doublesOf } from "./doubles.ts";
import { runsOf } from "./runs.ts";
import { fenceFaults, staleSettlements } from "./stale.ts";
import type { Double, Evidence, Verdict } from "./verdict.ts";

export function judge({ reports, entries, doings, rows }: Evidence): Verdict {
  const runs = runsOf(entries);
  const effects = countsOf(rows ?? idsWith("effect", entries));
  const { accepted, refused } = staleSettlements(entries);
  return {
    runs: idsWith("started", entries).length,
    lost: reports.filter(({ id, accepted }) => !accepted || !effects.has(id)).map(historyOf),
    doubles:
      rows === undefined ? [...runs.values()].flatMap((own) => doublesOf(own, doings)) : doubleRows(effects),
    staleAccepted: accepted,
    staleRefused: refused,
    fenceFaults: fenceFaults(entries),
  };
}

/** So many of the last answers are named: an event may have had thousands of copies. */
const ANSWERS = 10;

function historyOf({ id, attempts }: DeliveryReport): string {
  const answers = attempts.slice(-ANSWERS).map(({ status, error }) => status ?? error);
  const omitted = attempts.length > ANSWERS ? "…, " : "";
  return `${id}, answered ${omitted}${answers.join(", ")}`;
}

/** In same-transaction mode there is no excuse: nothing doubles at all. */
function doubleRows(effects: ReadonlyMap<string, number>): Double[] {
  return [...effects]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => ({ id, preventable: true, because: `${count} rows were committed` }));
}

function idsWith(what: Entry["what"], entries: readonly Entry[]): string[] {
  return entries.filter((entry) => entry.what === what).map(({ id }) => id);
}

function countsOf(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
