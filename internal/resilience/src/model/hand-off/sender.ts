import { incomingOf } from "../simulation/sending.ts";
import type { Delivery, SentEvent } from "./journal.ts";
import type { HandOffWorld } from "./world.ts";

const MINTFAX_SCHEDULE_MS = [0, 10_000, 110_000, 1_110_000];
const CUT_OFF_MS = 30_000;
/** In the end, when nothing goes wrong any more: long enough for every lease and every handler to be over. */
const LAST_ATTEMPTS = 20;
const LAST_PAUSE_MS = 40_000;

/** Four attempts, "Retry now" at any time, and in the end until the event is acknowledged. */
export class Sender {
  readonly #world: HandOffWorld;
  readonly #event: SentEvent;

  constructor(world: HandOffWorld, event: SentEvent) {
    this.#world = world;
    this.#event = event;
    const { random, scenario } = world;
    const { horizonMs } = scenario;
    for (const atMs of MINTFAX_SCHEDULE_MS) {
      const copy = random.chance(0.3);
      if (atMs < horizonMs) world.later(undefined, atMs, () => this.#attempt(copy));
    }
    const retries = random.pick([0, 1, 3]);
    for (let retry = 0; retry < retries; retry++) {
      const atMs = random.chance(0.5) ? random.pick([0, 1, 50, 1_000]) : random.between(0, horizonMs);
      world.later(undefined, atMs, () => this.#attempt(true));
    }
    if (scenario.troubles.has("operators who replay")) {
      for (let times = random.between(1, 2); times > 0; times--) {
        world.later(undefined, random.between(1_000, horizonMs - 1), () => this.#replay());
      }
    }
    world.later(undefined, horizonMs, () => this.#finish(LAST_ATTEMPTS));
  }

  #attempt(evenIfAcknowledged: boolean): void {
    const world = this.#world;
    const event = this.#event;
    if (event.acknowledged && !evenIfAcknowledged) return;
    const process = world.random.pick(world.webs);
    if (process === undefined) return;
    world.deliveries += 1;
    const name = `delivery ${world.deliveries}`;
    const delivery: Delivery = { name, stage: "intake", event, process, sentMs: world.nowMs, calls: [] };
    world.note(() => `${name} of ${event.id} is sent to ${process.name}`);
    world.later(process, world.random.pick([0, 0, 1, 50]), () => {
      world.starting = delivery;
      world.note(() => `${name} arrives`);
      void process.receiver.receive(incomingOf(delivery)).then((answer) => this.#answered(delivery, answer));
    });
  }

  #answered({ name, sentMs, event }: Delivery, { status, body }: { status: number; body: string }): void {
    const world = this.#world;
    world.note(() => `${name} is answered: ${status} ${body}`);
    if (status !== 200 || sentMs < event.replayedMs) return;
    if (!world.isSafe(event.id)) {
      world.violation("not stored", `${name} of ${event.id} is answered ${status}`);
    }
    if (world.nowMs - sentMs <= CUT_OFF_MS) event.acknowledged = true;
  }

  /** An operator has both stages forget what is processed, and presses "Retry now". */
  #replay(): void {
    const world = this.#world;
    const event = this.#event;
    const worker = world.pickWorker();
    const web = world.random.pick(world.webs);
    // The engine would know what it still holds, and would not store the replay.
    const isUnderWay = (): boolean => world.liveJobOf(event.id) !== undefined || !world.isRecorded(event);
    if (worker === undefined || web === undefined || isUnderWay()) return;
    world.later(worker, 0, async () => {
      const first = await worker.worker.forget(event.id).catch(() => "failed");
      if (first !== "forgotten" || isUnderWay()) return;
      world.later(web, 0, async () => {
        const second = await web.receiver.forget(event.id).catch(() => "failed");
        if (second !== "forgotten") return;
        world.note(() => `an operator replays ${event.id}`);
        event.acknowledged = false;
        event.replayedMs = world.nowMs;
        event.owedGeneration = event.generations.work;
        world.later(undefined, 1, () => this.#attempt(true));
      });
    });
  }

  #finish(left: number): void {
    const world = this.#world;
    const { acknowledged, id } = this.#event;
    if (acknowledged) {
      // Once more, to see that it stays done.
      world.later(undefined, 1_000, () => this.#attempt(true));
      return;
    }
    if (left === 0) {
      world.violation("lost event", `${id} is not acknowledged, although nothing goes wrong any more`);
      return;
    }
    this.#attempt(false);
    world.later(undefined, LAST_PAUSE_MS, () => this.#finish(left - 1));
  }
}
