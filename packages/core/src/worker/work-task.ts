import type { Task } from "../dispatch/task.ts";
import { Facts } from "../outcome/facts.ts";
import type { WorkItem } from "./work.ts";

/** A message under way. */
export class WorkTask<Tx> implements Task<Tx> {
  readonly item: WorkItem;
  readonly settings: Task<Tx>["settings"];
  readonly facts: Facts = new Facts();
  /** The engine waits for the work, so nothing outlives an answer. */
  readonly isKeptAlive = false;

  constructor(item: WorkItem, settings: Task<Tx>["settings"]) {
    this.item = item;
    this.settings = settings;
    this.facts.id = item.id;
  }

  get leftMs(): number {
    return this.facts.arrivedMs + this.settings.deadlineMs - performance.now();
  }

  keepAlive(): void {}
}
