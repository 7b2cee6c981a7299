import { excuseFor } from "../../simulation/excuse.ts";
import type { Run } from "../journal.ts";
import type { World } from "../world.ts";

/** Judges the handlers alone, without a look at what the store said: what an outsider would call a double. */
export function judgeRuns(world: World): void {
  for (const event of world.events) {
    const runs = world.runs.filter((run) => run.delivery.event === event);
    for (const [index, run] of runs.entries()) {
      for (const earlier of runs.slice(0, index)) judgePair(earlier, run, world);
    }
  }
}

function judgePair(earlier: Run, later: Run, world: World): void {
  if (earlier.generation !== later.generation) return;
  const pair = `#${earlier.delivery.number} and #${later.delivery.number}`;
  if (earlier.fence === later.fence) {
    world.violation("same fence", `${pair} both ran with fence ${earlier.fence}`);
  } else if (later.fence < earlier.fence) {
    world.violation("same fence", `${pair}: the later claim has the lower fence`);
  }
  const endedMs = Math.min(earlier.endMs ?? Number.POSITIVE_INFINITY, earlier.delivery.process.diedMs);
  const atWork = endedMs > later.startMs;
  const twice = earlier.effectMs !== undefined && later.effectMs !== undefined;
  if (!atWork && !twice) return;
  const circumstances = { nowMs: world.nowMs, leaseMs: world.scenario.leaseMs };
  // What matters is how its lease was lost, to whichever run came next.
  const takenOverMs = Math.min(
    ...world.runs
      .filter((run) => run.delivery.event === earlier.delivery.event && run.fence > earlier.fence)
      .map((run) => run.startMs),
  );
  if (excuseFor(earlier, earlier.delivery, earlier.startMs, takenOverMs, circumstances) !== undefined) return;
  const how = atWork ? "ran at the same time" : "both had their effect";
  world.violation("double", `the handlers of ${pair} ${how}, and nothing excuses that`);
}
