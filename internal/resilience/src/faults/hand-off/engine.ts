import type { LeaseStore, TransactionalStore } from "@mintfax-webhooks/core";
import type { Queue, Worker } from "@mintfax-webhooks/queue";
import type { Writer } from "../receiver/stores.ts";
import type { EnginePlace } from "./settings.ts";

/** An engine and a store, as one process has them. */
export interface OpenEngine {
  readonly store: LeaseStore | TransactionalStore<Writer>;
  readonly queue: Queue;
  /** @returns what stops taking jobs, and resolves once those in hand are over */
  startWorker(worker: Worker<Writer>): Promise<() => Promise<unknown>>;
}

/** What an engine holds. */
export interface Held {
  /** Jobs that will be worked on. */
  readonly live: number;
  readonly parked: number;
}

/** What the conductor does with an engine. */
export interface EngineTables {
  /** Makes them. */
  prepare(): Promise<void>;
  held(): Promise<Held>;
  close(): Promise<unknown>;
}

export interface Engine {
  open(place: EnginePlace): Promise<OpenEngine>;
  tables(place: EnginePlace): EngineTables;
}

/** Connections break; what counts is what becomes of events. */
export function ignore(): void {}
