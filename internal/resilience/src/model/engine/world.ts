import type { LateOutcomeRecord, OutcomeRecord } from "@mintfax-webhooks/core";
import { Random } from "test-support/random";
import { Simulation } from "../simulation/simulation.ts";
import type { Delivery, Run, SentEvent } from "./journal.ts";
import type { ReceiverProcess } from "./receiver-process.ts";
import type { Rule } from "./rule.ts";
import { drawScenario, type Scenario } from "./scenario.ts";
import { SharedStore } from "./shared-store.ts";

/** Several processes, one store, one sender: all that happens between them. */
export class World extends Simulation<Rule> {
  readonly scenario: Scenario;
  readonly store: SharedStore;
  readonly processes: ReceiverProcess[] = [];
  readonly events: SentEvent[] = [];
  readonly deliveries: Delivery[] = [];
  readonly runs: Run[] = [];
  /** What the hooks were told. */
  readonly records: { readonly record: OutcomeRecord; readonly process: ReceiverProcess }[] = [];
  readonly lateRecords: { readonly record: LateOutcomeRecord; readonly process: ReceiverProcess }[] = [];
  /** The delivery that is arriving right now. Only then does a receiver claim. */
  arriving: Delivery | undefined;

  constructor(seed: number, plant: string | undefined, traced: boolean) {
    super(new Random(seed), traced);
    this.scenario = drawScenario(this.random);
    this.store = new SharedStore(this, plant);
  }

  protected override stepped(): void {
    this.arriving = undefined;
  }
}
