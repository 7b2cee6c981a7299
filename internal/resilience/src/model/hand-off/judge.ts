import { excuseFor } from "../simulation/excuse.ts";
import type { SimulatedProcess } from "../simulation/process.ts";
import { settled } from "../simulation/virtual-clock.ts";
import type { Run } from "./journal.ts";
import type { HandOffWorld } from "./world.ts";

/** Holds what happened against the promise: nothing lost, nothing doubled that could be prevented, nothing left. */
export async function judge(world: HandOffWorld): Promise<void> {
  for (const { id, acknowledged } of world.events) {
    if (acknowledged && !world.isProcessed(id) && !world.hasParked(id)) {
      world.violation("lost event", `${id} is acknowledged, and neither processed nor parked`);
    }
  }
  for (const [index, run] of world.runs.entries()) {
    for (const earlier of world.runs.slice(0, index)) {
      const { task } = earlier;
      if (task.stage === run.task.stage && task.event === run.task.event) judgePair(earlier, run, world);
    }
  }
  await judgeLeftovers(world);
}

function judgePair(earlier: Run, later: Run, world: HandOffWorld): void {
  if (earlier.generation !== later.generation) return;
  const { stage } = earlier.task;
  const twice = earlier.effectMs !== undefined && later.effectMs !== undefined;
  const pair = `${earlier.task.name} and ${later.task.name}`;
  const { intake, work, leaseMs, workLeaseMs } = world.scenario;
  if ((stage === "intake" ? intake : work) === "transactional") {
    if (twice) world.violation("double", `${pair}: both had their effect, in a transaction`);
    return;
  }
  const endedMs = Math.min(earlier.endMs ?? Number.POSITIVE_INFINITY, earlier.task.process.diedMs);
  const atWork = endedMs > later.startMs;
  if (!atWork && !twice) return;
  // The queue has not acknowledged what it stored, so the receiver has to ask again.
  if (!atWork && stage === "intake" && earlier.ended === "failed") return;
  const takenOverMs = Math.min(
    ...world.runs
      .filter(
        ({ task, fence }) =>
          task.stage === stage && task.event === earlier.task.event && fence > earlier.fence,
      )
      .map(({ startMs }) => startMs),
  );
  const circumstances = { nowMs: world.nowMs, leaseMs: stage === "intake" ? leaseMs : workLeaseMs };
  if (excuseFor(earlier, earlier.task, earlier.startMs, takenOverMs, circumstances) !== undefined) return;
  const how = atWork ? "ran at the same time" : "both had their effect";
  world.violation("double", `${pair} ${how}, and nothing excuses that`);
}

async function judgeLeftovers(world: HandOffWorld): Promise<void> {
  for (const { number, state } of world.jobs) {
    if (state === "waiting" || state === "active") {
      world.violation("left over", `job ${number} is still ${state}`);
    }
  }
  const webs = world.webs.filter((process) => process !== undefined);
  const workers = world.workers.filter((process) => process !== undefined);
  for (const web of webs) drained(web, web.receiver);
  for (const process of workers) drained(process, process.worker);
  await settled();
  for (const { name, timers, drained } of [...webs, ...workers]) {
    if (timers.size > 0) world.violation("left over", `${name} has ${timers.size} timers left`);
    if (!drained) world.violation("left over", `drain() of ${name} does not resolve`);
  }
}

function drained(process: SimulatedProcess, of: { drain(): Promise<void> }): void {
  void of.drain().then(() => {
    process.drained = true;
  });
}
