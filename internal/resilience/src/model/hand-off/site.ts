import type { SimulatedProcess } from "../simulation/process.ts";
import type { Backend } from "./backend.ts";
import { WebProcess, WorkerProcess } from "./processes.ts";
import type { HandOffWorld } from "./world.ts";

/** Processes of one kind, each in its place until it dies. */
interface Places {
  readonly list: (SimulatedProcess | undefined)[];
  /** Starts a process in a place. */
  readonly start: (place: number) => void;
  readonly leaseMs: number;
}

/** Starts the processes of both stages, and has troubles befall them until the horizon. */
export function populate(world: HandOffWorld, backend: Backend): void {
  const { scenario, webs, workers } = world;
  const { receivers, leaseMs, workLeaseMs, horizonMs } = scenario;
  let started = 0;
  const kinds: readonly (Places & { readonly count: number })[] = [
    {
      list: webs,
      count: receivers,
      leaseMs,
      start(place) {
        started += 1;
        webs[place] = new WebProcess(world, backend, `web process ${started}`);
      },
    },
    {
      list: workers,
      count: scenario.workers,
      leaseMs: workLeaseMs,
      start(place) {
        started += 1;
        workers[place] = new WorkerProcess(world, backend, `worker process ${started}`);
      },
    },
  ];
  for (const places of kinds) {
    for (let place = 0; place < places.count; place++) {
      places.start(place);
      befall(world, places, place);
    }
  }
  world.later(undefined, horizonMs, () => {
    world.note(() => "nothing goes wrong any more");
    for (const { list, start } of kinds) {
      for (const [place, process] of list.entries()) if (process === undefined) start(place);
    }
  });
}

function befall(world: HandOffWorld, places: Places, place: number): void {
  const { random, scenario } = world;
  const { list, leaseMs } = places;
  if (scenario.troubles.has("outages")) {
    const fromMs = momentIn(world, leaseMs);
    const toMs = fromMs + random.pick([1_000, 2_900, 6_000, 20_000, 60_000]);
    list[place]?.outages.push({ fromMs, toMs, hangs: random.chance(0.5) });
  }
  if (scenario.troubles.has("pauses")) {
    const forMs = random.pick([1_000, 5_000, leaseMs - 1, leaseMs + 1, 2 * leaseMs]);
    world.later(undefined, momentIn(world, leaseMs), () => pause(world, list[place], forMs));
  }
  if (scenario.troubles.has("crashes") && random.chance(0.7)) {
    world.later(undefined, momentIn(world, leaseMs), () => crash(world, places, place));
  }
}

function pause(world: HandOffWorld, process: SimulatedProcess | undefined, forMs: number): void {
  const toMs = Math.min(world.nowMs + forMs, world.scenario.horizonMs);
  if (process === undefined || toMs <= world.nowMs) return;
  world.note(() => `${process.name} is paused until ${toMs / 1_000} s`);
  process.pause(world.nowMs, toMs);
}

function crash(world: HandOffWorld, { list, start }: Places, place: number): void {
  const process = list[place];
  if (process === undefined) return;
  world.note(() => `${process.name} dies`);
  process.diedMs = world.nowMs;
  process.timers.clear();
  list[place] = undefined;
  world.later(undefined, world.random.pick([1_000, 30_000, 300_000]), () => {
    if (list[place] === undefined) start(place);
  });
}

/** Mostly while the first deliveries and jobs are at work. */
function momentIn({ random, scenario }: HandOffWorld, leaseMs: number): number {
  return random.chance(0.7)
    ? random.pick([0, 1, 2, 10, 500, 1_000, 2_000, leaseMs / 3, leaseMs - 1, leaseMs])
    : random.between(0, scenario.horizonMs - 1);
}
