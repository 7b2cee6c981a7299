import type { D1Database, KVNamespace, Queue, R2Bucket } from "@cloudflare/workers-types";
import { createD1Store, type D1Store } from "@mintfax-webhooks/cloudflare";
import { type CloudflareParked, cloudflareParked } from "@mintfax-webhooks/queue/cloudflare";
import { type Gate, gate } from "test-support/gate";
import type { Begin, ConsumerSetup } from "./worker/setup.ts";

/** The bindings of the test Worker, as they are in Node. */
interface Bindings {
  readonly queue: Queue;
  readonly database: D1Database;
  readonly r2: R2Bucket;
  readonly kv: KVNamespace;
}

/** Controls the clock of a queue, and waits until it has done what is due. */
export type Broker = (
  name: "enableFakeTimers" | "advanceFakeTime" | "waitForFakeTasks",
  ms?: number,
) => Promise<void>;

/** A queue in workerd with its dead letter queue and its database. */
export class TestQueue {
  readonly names: readonly string[];
  readonly queue: Queue;
  readonly database: D1Database;
  readonly r2: R2Bucket;
  readonly kv: KVNamespace;
  readonly store: D1Store;
  readonly parked: CloudflareParked;
  readonly #index: number;
  readonly #hasDeadLetterQueue: boolean;
  readonly #brokers: readonly Broker[];
  readonly #removed: Record<string, number> = {};
  #setup: Gate<ConsumerSetup> = gate();
  #isPaused = true;
  #clockMs: number = Date.now();
  #elapsedMs = 0;
  #underWay = 0;
  #ended = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    index: number,
    hasDeadLetterQueue: boolean,
    brokerOf: (queue: string) => Broker,
    { queue, database, r2, kv }: Bindings,
  ) {
    this.names = [`queue-${index}`, `queue-${index}-dead`];
    this.queue = queue;
    this.database = database;
    this.r2 = r2;
    this.kv = kv;
    this.store = createD1Store({ database, timeoutMs: 5_000 });
    this.parked = cloudflareParked(database, queue, { largeBodies: r2 });
    this.#index = index;
    this.#hasDeadLetterQueue = hasDeadLetterQueue;
    this.#brokers = this.names.map(brokerOf);
  }

  async begin(): Promise<void> {
    await this.store.migrate();
    await this.parked.migrate();
    for (const broker of this.#brokers) await broker("enableFakeTimers", this.#clockMs);
  }

  /** From now on batches are worked on. */
  consume(setup: ConsumerSetup): void {
    if (!this.#isPaused) this.#setup = gate();
    this.#isPaused = false;
    this.#setup.open(setup);
  }

  /** From now on batches wait. Resolves once those under way have ended. */
  async pause(): Promise<void> {
    if (!this.#isPaused) this.#setup = gate();
    this.#isPaused = true;
    await this.#until(() => this.#underWay === 0);
  }

  /** Moves the clocks of the queue and of its consumer, and all times in the database. */
  async elapse(ms: number): Promise<void> {
    this.#elapsedMs += ms;
    this.#clockMs += ms;
    await this.database
      .prepare("UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - ?1, expires_ms = expires_ms - ?1")
      .bind(ms)
      .run();
    for (const broker of this.#brokers) await broker("advanceFakeTime", ms);
  }

  /** Resolves once the queue knows what became of the batches that have begun. */
  async settled(): Promise<void> {
    for (const broker of this.#brokers) await broker("waitForFakeTasks");
  }

  /** Deletes an event's messages, as a person does on Cloudflare's dashboard. */
  async remove(id: string): Promise<void> {
    this.#removed[id] = this.#clockMs;
    // What is sent from now on is younger.
    await this.elapse(1);
  }

  async batchBegins(): Promise<Begin> {
    const setup = await this.#setup.promise;
    this.#underWay += 1;
    return {
      ...setup,
      index: this.#index,
      ...(this.#hasDeadLetterQueue && { deadLetterQueue: `queue-${this.#index}-dead` }),
      elapsedMs: this.#elapsedMs,
      removed: this.#removed,
    };
  }

  batchEnded(): void {
    this.#underWay -= 1;
    this.#ended += 1;
    for (const look of this.#waiting) look();
  }

  /** Resolves once so many batches have ended, all in all. */
  ended(batches: number): Promise<void> {
    return this.#until(() => this.#ended >= batches);
  }

  async #until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }
}
