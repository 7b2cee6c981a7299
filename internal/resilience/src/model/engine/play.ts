import { bodyOf } from "../simulation/sending.ts";
import { useClock } from "../simulation/virtual-clock.ts";
import type { SentEvent } from "./journal.ts";
import { judgeAnswers } from "./judge/answers.ts";
import { judgeLeftovers } from "./judge/leftovers.ts";
import { judgeRuns } from "./judge/runs.ts";
import { Sender } from "./sender.ts";
import { Site } from "./site.ts";
import { World } from "./world.ts";

/** Longer than the last attempts, the longest handler and the longest lease together. */
const LIMIT_MS = 2_000_000;

/** Plays one interleaving to its end and judges it. The clock has to be virtual. */
export async function play(seed: number, plant?: string, traced = false): Promise<World> {
  const world = new World(seed, plant, traced);
  useClock(world);
  try {
    const { events, horizonMs } = world.scenario;
    for (let number = 1; number <= events; number++) world.events.push(eventOf(number));
    const site = new Site(world);
    const senders = world.events.map((event) => new Sender(world, site, event));
    let over = await world.run(horizonMs + LIMIT_MS);
    if (over && world.random.chance(0.1)) {
      for (const [index, event] of world.events.entries()) {
        passRetention(world, senders[index] as Sender, event.id);
      }
      over = await world.run(Number.POSITIVE_INFINITY);
    }
    if (!over) world.violation("left over", "timers go on although nothing happens any more");
    judgeRuns(world);
    judgeAnswers(world);
    await judgeLeftovers(world);
    return world;
  } finally {
    useClock(undefined);
  }
}

function eventOf(number: number): SentEvent {
  const id = `evt_${number}`;
  return { id, body: bodyOf(id, number), deliveries: [], acknowledged: false, generation: 0 };
}

/** Copies around the moment at which the store may forget. */
function passRetention(world: World, sender: Sender, id: string): void {
  const { phase, untilMs } = world.store.stateOf(id);
  if (phase !== "done") return;
  world.later(undefined, untilMs - 51 - world.nowMs, () => sender.attempt(true));
  world.later(undefined, untilMs - world.nowMs, () => sender.attempt(true));
}
