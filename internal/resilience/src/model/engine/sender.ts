import { incomingOf } from "../simulation/sending.ts";
import type { Delivery, SentEvent } from "./journal.ts";
import type { Site } from "./site.ts";
import type { World } from "./world.ts";

/** mintfax's promises: attempts after so long, each cut off after so long. */
const MINTFAX_SCHEDULE_MS = [0, 10_000, 110_000, 1_110_000];
const CUT_OFF_MS = 30_000;
/** In the end, when nothing goes wrong any more: long enough for every lease and every handler to be over. */
const LAST_ATTEMPTS = 20;
const LAST_PAUSE_MS = 40_000;

/** Sends one event: by its cadence while things go wrong, and after that until it is acknowledged. */
export class Sender {
  readonly #world: World;
  readonly #site: Site;
  readonly #event: SentEvent;

  constructor(world: World, site: Site, event: SentEvent) {
    this.#world = world;
    this.#site = site;
    this.#event = event;
    for (const atMs of this.#schedule()) {
      // Now and then one too many: mintfax promises at least one delivery, not exactly one.
      const copy = world.random.chance(0.3);
      world.later(undefined, atMs, () => this.attempt(copy));
    }
    world.later(undefined, world.scenario.horizonMs, () => this.#finish(LAST_ATTEMPTS));
  }

  #schedule(): readonly number[] {
    const { random, scenario } = this.#world;
    const { cadence, leaseMs } = scenario;
    switch (cadence) {
      case "mintfax":
        return MINTFAX_SCHEDULE_MS;
      case "burst":
        return Array.from({ length: random.between(2, 6) }, () => random.pick([0, 0, 1, 2, 1_000]));
      case "dense": {
        const times = [0, 1_000, 10_000, leaseMs - 1, leaseMs, leaseMs + 1, 2 * leaseMs];
        return Array.from({ length: random.between(2, 6) }, () =>
          random.chance(0.7) ? random.pick(times) : random.between(0, scenario.horizonMs),
        );
      }
    }
  }

  #finish(left: number): void {
    const { acknowledged, id } = this.#event;
    if (acknowledged) {
      // Once more, to see that it stays done.
      this.#world.later(undefined, 1_000, () => this.attempt(true));
      return;
    }
    if (left === 0) {
      this.#world.violation("lost event", `${id} is not acknowledged, although nothing goes wrong any more`);
      return;
    }
    this.attempt(false);
    this.#world.later(undefined, LAST_PAUSE_MS, () => this.#finish(left - 1));
  }

  /** @param evenIfAcknowledged as a copy, or a person's own retry */
  attempt(evenIfAcknowledged: boolean): void {
    const world = this.#world;
    const event = this.#event;
    if (event.acknowledged && !evenIfAcknowledged) return;
    const process = this.#site.pick();
    if (process === undefined) return;
    const delivery: Delivery = {
      number: world.deliveries.length + 1,
      event,
      process,
      sentMs: world.nowMs,
      calls: [],
      runs: [],
    };
    world.deliveries.push(delivery);
    event.deliveries.push(delivery);
    world.note(() => `#${delivery.number} of ${event.id} is sent to ${process.name}`);
    world.later(process, world.random.pick([0, 0, 1, 50]), () => this.#arrive(delivery));
  }

  #arrive(delivery: Delivery): void {
    const world = this.#world;
    delivery.arrivedMs = world.nowMs;
    world.arriving = delivery;
    world.note(() => `#${delivery.number} arrives`);
    const answered = ({ status, body }: { status: number; body: string }): void => {
      delivery.answer = { status, body, atMs: world.nowMs };
      world.note(() => `#${delivery.number} is answered: ${status} ${body}`);
      if (status === 200 && world.nowMs - delivery.sentMs <= CUT_OFF_MS) delivery.event.acknowledged = true;
    };
    delivery.process.receiver.receive(incomingOf(delivery)).then(answered, (error) => {
      world.violation("answer", `#${delivery.number}: receive() rejected with ${error}`);
    });
  }
}
