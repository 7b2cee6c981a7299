import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { Link } from "../simulation/link.ts";
import { SECRET } from "../simulation/sending.ts";
import { handlerIn } from "./handler.ts";
import type { Delivery } from "./journal.ts";
import { ReceiverProcess } from "./receiver-process.ts";
import type { World } from "./world.ts";

/** The processes that deliveries are spread over, and what befalls them. */
export class Site {
  readonly #world: World;
  /** Who serves now; a process that died leaves its place empty until another is started. */
  readonly #serving: (ReceiverProcess | undefined)[] = [];

  constructor(world: World) {
    this.#world = world;
    const { scenario, random } = world;
    for (let place = 0; place < scenario.processes; place++) this.#start(place);
    for (let place = 0; place < scenario.processes; place++) this.#draw(place);
    if (scenario.troubles.has("a store that loses everything") && random.chance(0.5)) {
      this.#at(() => {
        world.note(() => "the store loses everything");
        world.store.wipe();
      });
    }
    if (scenario.troubles.has("operators who forget")) this.#forgetAtTimes();
    world.later(undefined, scenario.horizonMs, () => this.#calm());
  }

  /** Where the next delivery goes; undefined where no process takes the connection. */
  pick(): ReceiverProcess | undefined {
    return this.#world.random.pick(this.#serving);
  }

  #start(place: number): void {
    const world = this.#world;
    const { deadlineMs, leaseMs } = world.scenario;
    const process = new ReceiverProcess(`process ${this.#world.processes.length + 1}`);
    process.receiver = createReceiver<Delivery>({
      secret: SECRET,
      store: new Link(world, world.store, process),
      deadlineMs,
      leaseMs,
      onOutcome: (record) => world.records.push({ record, process }),
      onLateOutcome: (record) => world.lateRecords.push({ record, process }),
    }).on("fax.delivered", handlerIn(world));
    this.#world.processes.push(process);
    this.#serving[place] = process;
  }

  #draw(place: number): void {
    const { scenario, random } = this.#world;
    const { troubles, leaseMs } = scenario;
    if (troubles.has("outages")) {
      const fromMs = this.#time();
      const toMs = fromMs + random.pick([1_000, 2_400, 2_900, 3_100, 6_000, 20_000, 60_000]);
      this.#serving[place]?.outages.push({ fromMs, toMs, hangs: random.chance(0.5) });
    }
    if (troubles.has("pauses"))
      this.#at(() => this.#pause(place, random.pick([1_000, 5_000, leaseMs - 1, leaseMs + 1, 2 * leaseMs])));
    if (troubles.has("crashes") && random.chance(0.7)) this.#at(() => this.#crash(place));
    if (troubles.has("wrong wall clocks")) {
      this.#at(() => {
        const process = this.#serving[place];
        if (process !== undefined)
          process.wallShiftMs = random.pick([-86_400_000, -290_000, 290_000, 3_600_000]);
      });
    }
  }

  #pause(place: number, forMs: number): void {
    const { nowMs, scenario } = this.#world;
    const toMs = Math.min(nowMs + forMs, scenario.horizonMs);
    const process = this.#serving[place];
    if (process === undefined || toMs <= nowMs) return;
    this.#world.note(() => `${process.name} is paused until ${toMs / 1_000} s`);
    process.pause(nowMs, toMs);
  }

  #crash(place: number): void {
    const world = this.#world;
    const process = this.#serving[place];
    if (process === undefined) return;
    world.note(() => `${process.name} dies`);
    process.diedMs = world.nowMs;
    process.timers.clear();
    this.#serving[place] = undefined;
    world.later(undefined, world.random.pick([1_000, 30_000, 300_000]), () => this.#restart(place));
  }

  #restart(place: number): void {
    if (this.#serving[place] !== undefined) return;
    this.#start(place);
    this.#world.note(() => `${this.#serving[place]?.name} is started`);
  }

  #calm(): void {
    this.#world.note(() => "nothing goes wrong any more");
    for (const [place, process] of this.#serving.entries()) {
      if (process === undefined) this.#restart(place);
      else process.wallShiftMs = 0;
    }
  }

  #forgetAtTimes(): void {
    const world = this.#world;
    const { random } = world;
    for (let times = random.between(1, 2); times > 0; times--) {
      this.#at(() => {
        const process = this.pick();
        const event = random.pick(world.events);
        if (process === undefined) return;
        world.note(() => `an operator asks ${process.name} to forget ${event.id}`);
        world.later(process, 0, () => process.receiver.forget(event.id).catch(() => {}));
      });
    }
  }

  /** Mostly while the first deliveries are at work. */
  #time(): number {
    const { random, scenario } = this.#world;
    const { leaseMs, horizonMs } = scenario;
    return random.chance(0.7)
      ? random.pick([0, 1, 2, 10, 500, 1_000, 2_000, leaseMs / 3, leaseMs - 1, leaseMs])
      : random.between(0, horizonMs - 1);
  }

  #at(act: () => void): void {
    this.#world.later(undefined, this.#time(), act);
  }
}
