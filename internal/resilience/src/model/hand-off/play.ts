import { bodyOf } from "../simulation/sending.ts";
import { useClock } from "../simulation/virtual-clock.ts";
import { Backend } from "./backend.ts";
import type { SentEvent } from "./journal.ts";
import { judge } from "./judge.ts";
import { Sender } from "./sender.ts";
import type { SimulatedEngine } from "./simulated-engine.ts";
import { populate } from "./site.ts";
import { HandOffWorld } from "./world.ts";

/** Longer than the last attempts, the longest handler and all retries of a job together. */
const LIMIT_MS = 5_000_000;

/** Plays one interleaving to its end and judges it. The clock has to be virtual. */
export async function play(seed: number, plant?: string, traced = false): Promise<HandOffWorld> {
  const world = new HandOffWorld(seed, plant, traced);
  const backend = new Backend(world);
  useClock(world);
  try {
    const { events, troubles, horizonMs } = world.scenario;
    for (let number = 1; number <= events; number++) {
      world.events.push(eventOf(number, troubles.has("no handler") && number === events));
    }
    populate(world, backend);
    for (const event of world.events) new Sender(world, event);
    world.later(undefined, horizonMs, () => retryParked(world, backend.engine));
    const over = await world.run(horizonMs + LIMIT_MS);
    if (!over) world.violation("left over", "timers go on although nothing happens any more");
    await judge(world);
    return world;
  } finally {
    useClock(undefined);
  }
}

function eventOf(number: number, isUnhandled: boolean): SentEvent {
  const id = `evt_${number}`;
  const type = isUnhandled ? "fax.failed" : "fax.delivered";
  return {
    id,
    type,
    body: bodyOf(id, number, type),
    acknowledged: false,
    replayedMs: 0,
    generations: { intake: 0, work: 0 },
    owedGeneration: 0,
  };
}

/** An operator has some of what is parked tried again. */
function retryParked(world: HandOffWorld, engine: SimulatedEngine): void {
  for (const job of world.jobs) {
    if (job.state !== "parked" || world.random.chance(0.5)) continue;
    world.note(() => `an operator has job ${job.number} tried again`);
    engine.retry(job);
  }
}
