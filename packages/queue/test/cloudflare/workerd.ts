import { join } from "node:path";
import type { Readable } from "node:stream";
import type { D1Database, KVNamespace, Queue, R2Bucket } from "@cloudflare/workers-types";
import { createD1Store } from "@mintfax-webhooks/cloudflare";
import { cloudflareParked } from "@mintfax-webhooks/queue/cloudflare";
import { SECRET } from "conformance/hostile";
import * as miniflare from "miniflare";
import { Miniflare, type Request, Response } from "miniflare";
import { gate } from "test-support/gate";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import type { ConsumerSetup } from "./worker/setup.ts";

/** What a receiver's hook was told. */
export interface Told {
  readonly outcome: string;
  readonly status: number;
  readonly code?: string;
  readonly cause: string;
}

/** Settings of the queue, as in wrangler.jsonc. */
export interface Consuming {
  readonly maxRetries?: number;
  readonly deadLetterQueue?: string;
  readonly maxBatchSize?: number;
}

const QUEUE = "mintfax";

/** The test Worker, in workerd, with a queue, a dead letter queue, D1, R2 and KV. The queue's clock stands still. */
export class Workerd {
  readonly #miniflare: Miniflare;
  readonly told: Told[] = [];
  #queue!: Queue;
  #database!: D1Database;
  #r2!: R2Bucket;
  #kv!: KVNamespace;
  #setup = gate<Omit<ConsumerSetup, "elapsedMs">>();
  #origin = "";
  #elapsedMs = 0;
  #underWay = 0;
  #idle: () => void = () => {};

  static async start(consuming: Consuming = {}): Promise<Workerd> {
    // Not in its types: with it, the queue's clock can be set. A process has it once and for all.
    (miniflare as unknown as { _enableControlEndpoints(): void })._enableControlEndpoints();
    const workerd = new Workerd(await bundled(), consuming);
    await workerd.#begin();
    return workerd;
  }

  private constructor(script: string, consuming: Consuming) {
    const consumer = { maxBatchTimeout: 0, maxBatchSize: 10, ...consuming };
    this.#miniflare = new Miniflare({
      modules: true,
      script,
      compatibilityDate: "2026-07-01",
      bindings: { MINTFAX_WEBHOOK_SECRET: SECRET },
      d1Databases: { DB: "db", EMPTY_DB: "empty" },
      r2Buckets: { FAX_BODIES: "bodies" },
      kvNamespaces: { FAX_BODIES_KV: "bodies" },
      queueProducers: { FAX_QUEUE: QUEUE },
      queueConsumers: { [QUEUE]: consumer, dead: { maxBatchTimeout: 0, maxRetries: 0 } },
      serviceBindings: { TEST: (request: Request) => this.#answer(request) },
      handleRuntimeStdio: (_: Readable, errors: Readable) => {
        errors.on("data", (text) => this.lines.push(String(text)));
      },
    });
  }

  /** What the Worker has printed on standard error. */
  readonly lines: string[] = [];

  get queue(): Queue {
    return this.#queue;
  }
  get database(): D1Database {
    return this.#database;
  }
  get r2(): R2Bucket {
    return this.#r2;
  }
  get kv(): KVNamespace {
    return this.#kv;
  }

  /** From now on batches are worked on. */
  consume(setup: Omit<ConsumerSetup, "elapsedMs">): void {
    const waiting = this.#setup;
    this.#setup = gate();
    for (const each of [waiting, this.#setup]) each.open(setup);
  }

  /** From now on batches wait. Resolves once those under way have ended. */
  async pause(): Promise<void> {
    this.#setup = gate();
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  /** Of the Worker. */
  get origin(): string {
    return this.#origin;
  }

  /** Moves the clocks of the queues and of the consumer, and all times in D1. */
  async elapse(ms: number): Promise<void> {
    this.#elapsedMs += ms;
    await this.#database
      .prepare("UPDATE mintfax_dedup SET lease_until_ms = lease_until_ms - ?1, expires_ms = expires_ms - ?1")
      .bind(ms)
      .run();
    for (const queue of [QUEUE, "dead"]) await this.#onBroker(queue, "advanceFakeTime", ms);
  }

  stop(): Promise<void> {
    return this.#miniflare.dispose();
  }

  async #begin(): Promise<void> {
    this.#origin = (await this.#miniflare.ready).origin;
    this.#queue = (await this.#miniflare.getQueueProducer("FAX_QUEUE")) as never;
    this.#database = (await this.#miniflare.getD1Database("DB")) as never;
    this.#r2 = (await this.#miniflare.getR2Bucket("FAX_BODIES")) as never;
    this.#kv = (await this.#miniflare.getKVNamespace("FAX_BODIES_KV")) as never;
    await createD1Store({ database: this.#database }).migrate();
    await cloudflareParked(this.#database, this.#queue).migrate();
    for (const queue of [QUEUE, "dead"]) await this.#onBroker(queue, "enableFakeTimers", Date.now());
  }

  async #onBroker(queue: string, name: string, ...args: unknown[]): Promise<void> {
    const brokers = await (
      this.#miniflare as unknown as {
        _getInternalDurableObjectNamespace(...place: string[]): Promise<Brokers>;
      }
    )._getInternalDurableObjectNamespace("queues", "queues:queue", "QueueBrokerObject");
    const answer = await brokers.get(brokers.idFromName(queue)).fetch("http://placeholder/", {
      cf: { miniflare: { name: queue, controlOp: { name, args } } },
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async #answer(request: Request): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case "/outcome":
        this.told.push((await request.json()) as Told);
        break;
      case "/begin": {
        const setup = await this.#setup.promise;
        this.#underWay += 1;
        return Response.json({ ...setup, elapsedMs: this.#elapsedMs });
      }
      case "/end":
        this.#underWay -= 1;
        if (this.#underWay === 0) this.#idle();
    }
    return new Response();
  }
}

interface Brokers {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(url: string, init: object): Promise<globalThis.Response> };
}

let bundle: Promise<string> | undefined;

function bundled(): Promise<string> {
  const entryPoints = [join(import.meta.dirname, "worker/main.ts")];
  bundle ??= bundleWorker({ ...FROM_SOURCE, entryPoints }).then(({ code }) => code);
  return bundle;
}
