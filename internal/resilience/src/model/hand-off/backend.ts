import { Database } from "./database.ts";
import { SimulatedEngine } from "./simulated-engine.ts";
import { WatchedStore } from "./watched-store.ts";
import type { HandOffWorld } from "./world.ts";

/** What all processes share. */
export class Backend {
  readonly store: WatchedStore;
  readonly database: Database;
  readonly engine: SimulatedEngine;

  constructor(world: HandOffWorld) {
    this.store = new WatchedStore(world);
    this.database = new Database(world);
    this.engine = new SimulatedEngine(world);
  }
}
