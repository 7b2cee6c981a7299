import type { DeliveryReport } from "@mintfax-webhooks/testing";
import type { Doings, Done } from "../conductor/doings.ts";
import type { Entry } from "../ledger.ts";
import { doublesOf } from "./doubles.ts";
import { runsOf } from "./runs.ts";
import { fenceFaults, staleSettlements } from "./stale.ts";
import type { Double, Evidence, Verdict } from "./verdict.ts";

export function judge({ reports, entries, doings: known, rows }: Evidence): Verdict {
  const doings: Done = {
    ...known,
    deaths: deathsBy(entries, known.deaths),
  };
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
    fenceFaults: fenceFaults(entries, doings.pauses),
  };
}

/** A process that was told to end itself may write a last line before it hears of that. */
function deathsBy(entries: readonly Entry[], told: Doings["deaths"]): Doings["deaths"] {
  const deaths = new Map(told);
  for (const { pid, at } of entries) {
    const diedAt = deaths.get(pid);
    if (diedAt !== undefined && at > diedAt) deaths.set(pid, at);
  }
  return deaths;
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
