import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import { type Command, carryOut, tell } from "../machine/command.ts";
import { ABSENT, follow, type KeyState } from "../machine/follow.ts";
import type { Call } from "../simulation/call.ts";
import { excuseFor } from "../simulation/excuse.ts";
import type { Delivery, SentEvent } from "./journal.ts";
import { withPlant } from "./plants.ts";
import type { Rule } from "./rule.ts";
import type { Scenario } from "./scenario.ts";

/** The memory store's default. */
export const RETENTION_MS: number = 7 * 24 * 3_600_000;

/** A renewal that the engine gave up on may take effect after all. */
const LATEST_MS = 5_000;

/** What the store has to do with of the world around it. */
interface Surroundings {
  readonly nowMs: number;
  readonly scenario: Scenario;
  readonly events: readonly SentEvent[];
  readonly arriving: Delivery | undefined;
  note(what: () => string): void;
  violation(rule: Rule, what: string): void;
}

/** The store that all processes share, watched call by call: here every call takes effect, one after another. */
export class SharedStore {
  readonly #world: Surroundings;
  readonly #plant: string | undefined;
  readonly #byOwner = new Map<string, Delivery>();
  readonly #states = new Map<string, KeyState>();
  /** Once a key has gone against the machine, its state is not known any more. */
  readonly #lost = new Set<string>();
  #store: LeaseStore;

  constructor(world: Surroundings, plant: string | undefined) {
    this.#world = world;
    this.#plant = plant;
    this.#store = this.#empty();
  }

  #empty(): LeaseStore {
    return withPlant(createMemoryStore(), this.#plant);
  }

  stateOf(id: string): KeyState {
    return this.#states.get(id) ?? ABSENT;
  }

  isLost(id: string): boolean {
    return this.#lost.has(id);
  }

  deliveryOf(owner: string): Delivery | undefined {
    return this.#byOwner.get(owner);
  }

  /** Puts a call on the record of the delivery that it is made for. */
  file(call: Call): void {
    const { command } = call;
    if (command.do === "forget") return;
    if (command.do === "claim") {
      // A claim that got no answer is repeated by its owner, some time after the delivery arrived.
      const arriving = this.#byOwner.get(command.owner) ?? this.#world.arriving;
      if (arriving === undefined) throw new Error("a claim that belongs to no arriving delivery");
      this.#byOwner.set(command.owner, arriving);
      arriving.calls.push(call);
    } else {
      this.#byOwner.get(command.holder.owner)?.calls.push(call);
    }
  }

  /** Everything is gone, as after a failover to an empty replica. */
  wipe(): void {
    this.#store = this.#empty();
    this.#states.clear();
    for (const event of this.#world.events) event.generation += 1;
  }

  /** Lets a call take effect. */
  take(key: DedupKey, call: Call): void {
    const world = this.#world;
    const { command } = call;
    const state = this.stateOf(key.id);
    const reply = carryOut(this.#store, key, command) as NonNullable<Call["reply"]>;
    call.reply = reply;
    call.effectMs = world.nowMs;
    world.note(() => `  ${tell(command)}: ${JSON.stringify(reply)}`);
    const event = world.events.find(({ id }) => id === key.id) as SentEvent;
    if (reply === "forgotten") event.generation += 1;
    if (typeof reply === "object" && reply.state === "claimed") {
      // The machine says whether that was due.
      if (state.phase === "done") event.generation += 1;
      else this.#judgeClaim(state, command);
    }
    call.generation = event.generation;
    if (this.#lost.has(key.id)) return;
    const next = follow(state, command, reply, world.nowMs, RETENTION_MS);
    if (typeof next !== "string") {
      this.#states.set(key.id, next[0] ?? state);
      return;
    }
    this.#lost.add(key.id);
    const was = `${state.phase}, held by ${state.owner || "no process"} with fence ${state.fence}`;
    world.violation(
      "state machine",
      `${tell(command)} of what was ${was}: got ${JSON.stringify(reply)}, expected ${next}`,
    );
  }

  /** A claim may follow a lease that has run out; then there must be a reason. */
  #judgeClaim(state: KeyState, command: Command): void {
    const world = this.#world;
    if (state.phase !== "pending" || command.do !== "claim" || command.owner === state.owner) return;
    const before = this.deliveryOf(state.owner);
    const run = before?.runs[0];
    if (before === undefined || run === undefined || run.ended === "failed") return;
    // A repeated claim that came through once the store had lost the first one: no handler runs on it.
    if (run.fence !== state.fence) return;
    const atWork = run.ended === undefined && before.process.diedMs > world.nowMs;
    if (run.effectMs === undefined && !atWork) return;
    const { leaseMs } = world.scenario;
    const fromMs = state.untilMs - leaseMs - LATEST_MS;
    const excuse = excuseFor(run, before, fromMs, state.untilMs, { nowMs: world.nowMs, leaseMs });
    if (excuse !== undefined) return;
    world.violation(
      "double",
      `the lease of #${before.number} ran out at ${state.untilMs / 1_000} s, and nothing excuses that`,
    );
  }
}
