import type { Done } from "../conductor/doings.ts";
import { LEASE_MS } from "../terms.ts";
import type { Run } from "./runs.ts";
import type { Double } from "./verdict.ts";

/** The ledger's times are of just after an answer came, the store's of just before it was sent. */
const SLACK_MS = 100;
/** Between a claim and its answer, at most: the stores wait no longer. */
const STORE_TIMEOUT_MS = 2_000;

/** The doubles of one event with a lease store. @param runs in the order of their start */
export function doublesOf(runs: readonly Run[], doings: Done): Double[] {
  const doubles: Double[] = [];
  for (const [index, run] of runs.entries()) {
    const before = runs.slice(0, index);
    const effective = before.filter((earlier) => earlier.effectAt !== undefined);
    const last = effective.at(-1);
    if (run.effectAt !== undefined && last !== undefined) {
      doubles.push({ id: run.id, ...classOf(last, run, doings) });
      continue;
    }
    const beside = before.find((earlier) => isAtWork(earlier, run, doings));
    if (beside !== undefined) {
      doubles.push({ id: run.id, preventable: true, because: `it ran beside ${nameOf(beside)}` });
    }
  }
  return doubles;
}

/** Whether a run was still going when the next one began, with nothing to excuse that its claim was not respected. */
function isAtWork(earlier: Run, next: Run, doings: Done): boolean {
  const { endedAt = Number.POSITIVE_INFINITY, pid } = earlier;
  const diedAt = doings.deaths.get(pid) ?? Number.POSITIVE_INFINITY;
  return Math.min(endedAt, diedAt) > next.startedAt && pauseOf(earlier, next, doings) === undefined;
}

/** Why the completion of the earlier effect did not keep the next run from starting. */
function classOf(earlier: Run, next: Run, doings: Done): Omit<Double, "id"> {
  const name = nameOf(earlier);
  const { effectAt = 0, completedAt, gaveUpAt } = earlier;
  if (completedAt !== undefined && completedAt < next.claimedAt) {
    const kill = doings.storeKills.find((at) => at > completedAt && at < next.claimedAt);
    return kill === undefined
      ? { preventable: true, because: `${name} had been completed before` }
      : { preventable: false, because: `the store was killed and lost the completion of ${name}` };
  }
  if (next.claimedAt < earlier.heldAt + LEASE_MS - STORE_TIMEOUT_MS) {
    return { preventable: true, because: `${name} was taken over before its lease was over` };
  }
  const diedAt = doings.deaths.get(earlier.pid);
  // A process is told to die, and may have one more effect before it does.
  if (
    diedAt !== undefined &&
    diedAt > effectAt - SLACK_MS &&
    diedAt < next.startedAt &&
    completedAt === undefined
  ) {
    return { preventable: false, because: `the process of ${name} was killed between effect and completion` };
  }
  const pause = pauseOf(earlier, next, doings);
  if (pause !== undefined && effectAt < pause.from) {
    return {
      preventable: false,
      because: `the process of ${name} was paused past its lease after its effect`,
    };
  }
  const outage = doings.outages.find(
    ({ pid, from, to }) =>
      (pid === "all" || pid === earlier.pid) &&
      gaveUpAt !== undefined &&
      gaveUpAt < next.claimedAt &&
      from < gaveUpAt &&
      to > gaveUpAt - SLACK_MS,
  );
  if (outage !== undefined) {
    return {
      preventable: false,
      because: `the store was out of reach until the process of ${name} ended`,
    };
  }
  return { preventable: true, because: `nothing in the record explains why ${name} did not count` };
}

/** A pause of the earlier run's process that lasted beyond its lease, and in which the next run got its claim or later. */
function pauseOf(earlier: Run, next: Run, { pauses }: Done): Done["pauses"][number] | undefined {
  const leaseEnds = earlier.heldAt + LEASE_MS - SLACK_MS;
  return pauses.find(
    ({ pid, from, to }) =>
      pid === earlier.pid && from < leaseEnds && to > leaseEnds && next.claimedAt >= leaseEnds,
  );
}

function nameOf({ fence, pid }: Run): string {
  return `the run with fence ${fence} in process ${pid}`;
}
