import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaxEvent } from "@mintfax-webhooks/core";
import {
  type Attempt,
  createTestSender,
  isAccepted,
  RETRY_DELAYS_MS,
  type TestSender,
} from "@mintfax-webhooks/testing";
import { type Assignment, assign } from "../assignment.ts";
import { type TriedForms, tryForms } from "../target/body-forms.ts";
import { Gate } from "./gate.ts";
import { type PlannedEvent, planFax, type Unrest } from "./plan.ts";
import { Random } from "./random.ts";
import { Tally } from "./tally.ts";

/** What to play. */
export interface SimulationOptions extends Unrest {
  readonly to: URL;
  readonly secrets: readonly string[];
  readonly faxes: number;
  /** Faxes a second, on average. */
  readonly rate: number;
  /** How many faxes start at the same moment. */
  readonly burst: number;
  /** Factor for mintfax's delays: 0.01 turns 10 s into 100 ms. */
  readonly timeScale: number;
  /** Requests under way at once, at most. */
  readonly concurrency: number;
  readonly seed: number;
  readonly assignments: readonly Assignment[];
}

/**
 * Most faxes with events still under way, waits for a retry included; some 10 KB each. It bounds the memory: where it is
 * reached, new faxes wait.
 */
const MOST_OPEN_FAXES = 2_000;

/** Plays faxes against a receiver, and counts the results. */
export class Simulation {
  readonly tally: Tally = new Tally();
  readonly #options: SimulationOptions;
  readonly #sender: TestSender;
  readonly #requests: Gate;
  #stopped = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#sender = createTestSender({ secret: options.secrets, to: options.to });
    this.#requests = new Gate(options.concurrency);
  }

  /** Starts no more faxes, and makes no more attempts. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when every event was accepted or given up on. */
  async run(): Promise<void> {
    const { faxes, rate, burst, seed } = this.#options;
    const random = new Random(seed);
    const open = new Gate(MOST_OPEN_FAXES);
    const running = new Set<Promise<void>>();
    const startMs = performance.now();
    for (let number = 1; number <= faxes; number += 1) {
      const dueMs = startMs + (Math.floor((number - 1) / burst) * burst * 1000) / rate;
      await this.#until(dueMs);
      await this.#through(open);
      // Behind the deliveries that are due already, so that a backlog does not grow.
      await this.#through(this.#requests);
      this.#requests.leave();
      if (this.#stopped) return;
      const life = this.#live(planFax(number, random, this.#options), dueMs).finally(() => {
        open.leave();
        running.delete(life);
      });
      running.add(life);
    }
    await Promise.all(running);
  }

  /** Why the receiver has accepted no event, if that is how their bodies are written. */
  async triedForms(): Promise<TriedForms | undefined> {
    const { accepted, firstLost } = this.tally;
    if (accepted > 0 || firstLost === undefined) return undefined;
    return tryForms(firstLost.event, firstLost.last, this.#sender);
  }

  async #live(events: readonly PlannedEvent[], queuedMs: number): Promise<void> {
    this.tally.faxesStarted += 1;
    await Promise.all(events.map((planned) => this.#tell(planned, queuedMs)));
    if (!this.#stopped) this.tally.faxesDone += 1;
  }

  async #tell(planned: PlannedEvent, queuedMs: number): Promise<void> {
    const { timeScale, assignments } = this.#options;
    const { event } = assign(planned.event, assignments);
    this.tally.eventsStarted += 1;
    this.tally.duplicates += planned.atSeconds.length - 1;
    const deliveries = planned.atSeconds.map((seconds) =>
      this.#deliver(event, queuedMs + seconds * 1000 * timeScale),
    );
    const ends = await Promise.all(deliveries);
    const last = ends.findLast((end) => end !== undefined);
    if (last !== undefined)
      this.tally.ended(
        ends.some((end) => end !== undefined && isAccepted(end)),
        event,
        last,
      );
  }

  /** mintfax's schedule for one event. Returns the last attempt; undefined where it was stopped before that. */
  async #deliver(event: FaxEvent, firstMs: number): Promise<Attempt | undefined> {
    let dueMs = firstMs;
    let last: Attempt | undefined;
    for (const [index, delayMs] of [0, ...RETRY_DELAYS_MS].entries()) {
      dueMs += delayMs * this.#options.timeScale;
      last = await this.#attempt(event, dueMs, index > 0);
      if (last === undefined || isAccepted(last)) break;
      // mintfax counts its waits from the end of the attempt that failed.
      dueMs = performance.now();
    }
    return last;
  }

  async #attempt(event: FaxEvent, dueMs: number, isRetry: boolean): Promise<Attempt | undefined> {
    await this.#until(dueMs);
    await this.#through(this.#requests);
    try {
      if (this.#stopped) return undefined;
      this.tally.late(performance.now() - dueMs);
      const attempt = await this.#sender.attempt(event);
      this.tally.attempted(attempt, event.type, isRetry);
      return attempt;
    } finally {
      this.#requests.leave();
    }
  }

  async #until(dueMs: number): Promise<void> {
    const waitMs = dueMs - performance.now();
    if (waitMs <= 0) return;
    await sleep(waitMs);
    this.tally.sleptIn(performance.now() - dueMs);
  }

  async #through(gate: Gate): Promise<void> {
    if (!gate.isFull) return gate.enter();
    const fromMs = performance.now();
    await gate.enter();
    this.tally.heldUp(performance.now() - fromMs);
  }
}
