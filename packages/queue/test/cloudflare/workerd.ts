import { join } from "node:path";
import type { Readable } from "node:stream";
import { SECRET } from "conformance/hostile";
import * as miniflare from "miniflare";
import { bundleWorker, FROM_SOURCE } from "test-support/worker-bundle";
import { type Broker, TestQueue } from "./test-queue.ts";

/** What a receiver's hook was told. */
export interface Told {
  readonly outcome: string;
  readonly status: number;
  readonly code?: string;
  readonly cause: string;
}

/** Settings of the consumers, as in wrangler.jsonc. Cloudflare's `max_retries` is 3 by default. */
export interface Consuming {
  readonly maxRetries?: number;
  readonly hasDeadLetterQueue?: boolean;
  /** Of messages that no consumer has settled. By default they come again at once. */
  readonly retryDelay?: number;
}

/** The test Worker, in workerd, with queues that have a database each. Their clock stands still. */
export class Workerd {
  /** What the receivers' hooks were told. */
  readonly told: Told[] = [];
  /** What the Worker has printed on standard error. */
  readonly lines: string[] = [];
  readonly #miniflare: miniflare.Miniflare;
  readonly #hasDeadLetterQueue: boolean;
  readonly #queues: TestQueue[] = [];
  #origin = "";

  /** @param queues how many can be opened */
  static async start(queues: number, consuming: Consuming = {}): Promise<Workerd> {
    // Not in its types: with it, a queue's clock can be set.
    (miniflare as unknown as { _enableControlEndpoints(): void })._enableControlEndpoints();
    const workerd = new Workerd(await bundled(), queues, consuming);
    workerd.#origin = (await workerd.#miniflare.ready).origin;
    return workerd;
  }

  private constructor(
    script: string,
    queues: number,
    { maxRetries = 3, hasDeadLetterQueue = false, retryDelay = 0 }: Consuming,
  ) {
    const each = <T>(entriesOf: (index: number) => [string, T][]): Record<string, T> =>
      Object.fromEntries(Array.from({ length: queues }, (_, index) => entriesOf(index)).flat());
    this.#hasDeadLetterQueue = hasDeadLetterQueue;
    this.#miniflare = new miniflare.Miniflare({
      modules: true,
      script,
      compatibilityDate: "2026-07-01",
      bindings: { MINTFAX_WEBHOOK_SECRET: SECRET },
      d1Databases: { EMPTY_DB: "empty", ...each((index) => [[`DB_${index}`, `db-${index}`]]) },
      r2Buckets: { FAX_BODIES: "bodies" },
      kvNamespaces: { FAX_BODIES_KV: "bodies" },
      queueProducers: each((index) => [[`QUEUE_${index}`, `queue-${index}`]]),
      queueConsumers: each((index) => [
        [
          `queue-${index}`,
          {
            maxBatchTimeout: 0,
            maxBatchSize: 10,
            maxRetries,
            retryDelay,
            ...(hasDeadLetterQueue && { deadLetterQueue: `queue-${index}-dead` }),
          },
        ],
        [`queue-${index}-dead`, { maxBatchTimeout: 0, maxRetries: 3 }],
      ]),
      serviceBindings: { TEST: (request: miniflare.Request) => this.#answer(request) },
      handleRuntimeStdio: (_: Readable, errors: Readable) => {
        errors.on("data", (text) => this.lines.push(String(text)));
      },
    });
  }

  /** Of the receivers, which hand off to the first queue. */
  get origin(): string {
    return this.#origin;
  }

  /** An empty queue and an empty database. */
  async open(): Promise<TestQueue> {
    const index = this.#queues.length;
    const broker = (queue: string): Broker => this.#brokerOf(queue);
    const queue = new TestQueue(index, this.#hasDeadLetterQueue, broker, {
      queue: (await this.#miniflare.getQueueProducer(`QUEUE_${index}`)) as never,
      database: (await this.#miniflare.getD1Database(`DB_${index}`)) as never,
      r2: (await this.#miniflare.getR2Bucket("FAX_BODIES")) as never,
      kv: (await this.#miniflare.getKVNamespace("FAX_BODIES_KV")) as never,
    });
    this.#queues.push(queue);
    await queue.begin();
    return queue;
  }

  stop(): Promise<void> {
    return this.#miniflare.dispose();
  }

  #brokerOf(queue: string): Broker {
    return async (name, ...args) => {
      const internal = this.#miniflare as unknown as Internal;
      const brokers = await internal._getInternalDurableObjectNamespace(
        "queues",
        "queues:queue",
        "QueueBrokerObject",
      );
      const answer = await brokers.get(brokers.idFromName(queue)).fetch("http://placeholder/", {
        cf: { miniflare: { name: queue, controlOp: { name, args } } },
      });
      if (!answer.ok) throw new Error(await answer.text());
    };
  }

  async #answer(request: miniflare.Request): Promise<miniflare.Response> {
    const path = new URL(request.url).pathname;
    if (path === "/outcome") {
      this.told.push((await request.json()) as Told);
      return new miniflare.Response();
    }
    const name = await request.text();
    const queue = this.#queues.find((each) => each.names.includes(name));
    if (path === "/begin") return miniflare.Response.json((await queue?.batchBegins()) ?? {});
    queue?.batchEnded();
    return new miniflare.Response();
  }
}

interface Internal {
  _getInternalDurableObjectNamespace(...place: string[]): Promise<{
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(url: string, init: object): Promise<Response> };
  }>;
}

let bundle: Promise<string> | undefined;

function bundled(): Promise<string> {
  const entryPoints = [join(import.meta.dirname, "worker/main.ts")];
  bundle ??= bundleWorker({ ...FROM_SOURCE, entryPoints }).then(({ code }) => code);
  return bundle;
}
