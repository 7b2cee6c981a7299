import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import { carryOut, tell } from "../machine/command.ts";
import type { Call } from "../simulation/call.ts";
import type { Task } from "./journal.ts";
import type { HandOffWorld } from "./world.ts";

/** The lease store that both stages share, each in its namespace. */
export class WatchedStore {
  readonly #world: HandOffWorld;
  readonly #store: LeaseStore = createMemoryStore();
  readonly #byOwner = new Map<string, Task>();

  constructor(world: HandOffWorld) {
    this.#world = world;
  }

  /** Puts a call on the record of what it is made for. */
  file(call: Call): void {
    const { command } = call;
    if (command.do === "forget") return;
    const owner = command.do === "claim" ? command.owner : command.holder.owner;
    // A claim that got no answer is repeated by its owner, some time after its delivery arrived.
    const task = this.#byOwner.get(owner) ?? this.#world.starting;
    if (task === undefined) return;
    this.#byOwner.set(owner, task);
    task.calls.push(call);
  }

  take(key: DedupKey, call: Call): void {
    const world = this.#world;
    call.reply = carryOut(this.#store, key, call.command) as NonNullable<Call["reply"]>;
    call.effectMs = world.nowMs;
    world.note(() => `  ${key.namespace}: ${tell(call.command)}: ${JSON.stringify(call.reply)}`);
    if (call.reply === "forgotten") world.forgotten(key);
    call.generation = world.generationOf(key);
  }
}
