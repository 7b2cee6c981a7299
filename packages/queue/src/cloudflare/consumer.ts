import { ConfigurationError, checkOptions, within } from "@mintfax-webhooks/core/store";
import { inFull, print } from "@mintfax-webhooks/core/worker";
import type { Worker } from "../worker.ts";
import { BatchConsumer } from "./batch-consumer.ts";
import type {
  CloudflareBatch,
  CloudflareExecution,
  CloudflareQueueBinding,
  LargeBodiesBinding,
  ParkedDatabaseBinding,
} from "./bindings.ts";
import { checkDatabase } from "./parked.ts";
import { checkLargeBodies, checkQueueBinding } from "./queue.ts";

/** Options of {@link cloudflareConsumer}. */
export interface CloudflareConsumerOptions {
  /** What `createWorker` returns. */
  // biome-ignore lint/suspicious/noExplicitAny: a worker with any store
  readonly worker: Worker<any>;
  /**
   * A producer of the queue that is consumed. A message that has failed three times is sent anew, since Cloudflare deletes it
   * after its `max_retries` (3 by default).
   */
  readonly queue: CloudflareQueueBinding;
  /** A D1 database with the table `mintfax_parked`: see {@link cloudflareParked}. */
  readonly database: ParkedDatabaseBinding;
  /** As of {@link cloudflareQueue}. */
  readonly largeBodies?: LargeBodiesBinding;
  /**
   * The name of the `dead_letter_queue`, where this Worker consumes that too: its messages are parked without being worked on.
   * Messages land there whose Worker was ended each time, by its limit of memory or CPU.
   */
  readonly deadLetterQueue?: string;
  /** How long a message is tried, in milliseconds since it was queued. Default 259,200,000 (3 days), at most 14 days. */
  readonly retryForMs?: number;
}

/** The export `queue` of a Worker. Never rejects. */
export type CloudflareConsumer<Env> = (
  batch: CloudflareBatch,
  env: Env,
  execution: CloudflareExecution,
) => Promise<void>;

const DAY_MS = 86_400_000;

/** So that a person has hours to mend the set-up, even where Cloudflare retries three times only. */
const MISCONFIGURED_DELAY_SECONDS = 3_600;

/**
 * Works on the messages of a batch, all at once, each by itself: it is acknowledged, tried again later, or parked in D1 and then
 * acknowledged. Give the options, or a function of `env` that makes them; it is called once for each isolate.
 *
 * @throws {ConfigurationError} for a binding that is missing or of another kind, or an option out of bounds
 *
 * @example
 * ```ts
 * export default {
 *   fetch: app.fetch,
 *   queue: cloudflareConsumer((env: Env) => ({
 *     worker: createWorker({ store: createD1Store({ database: env.DB }) }).on("fax.failed", markFailed),
 *     queue: env.FAX_QUEUE,
 *     database: env.DB,
 *     deadLetterQueue: "mintfax-dead",
 *   })),
 * };
 * ```
 */
export function cloudflareConsumer<Env = unknown>(
  options: CloudflareConsumerOptions | ((env: Env) => CloudflareConsumerOptions),
): CloudflareConsumer<Env> {
  const consumerFor = typeof options === "function" ? perEnv(options) : always(consumerFrom(options));
  return async (batch, env, execution) => {
    let consumer: BatchConsumer;
    try {
      consumer = consumerFor(env);
    } catch (error) {
      print(
        `cloudflareConsumer(): the function that makes its options failed; ${batch.messages.length} messages wait for ` +
          `${MISCONFIGURED_DELAY_SECONDS} s: ${inFull(error)}.`,
      );
      batch.retryAll({ delaySeconds: MISCONFIGURED_DELAY_SECONDS });
      return;
    }
    await consumer.take(batch, execution);
  };
}

function always<Env>(consumer: BatchConsumer): (env: Env) => BatchConsumer {
  return () => consumer;
}

/** An isolate has one `env`, and its worker knows what the store could not be told of yet. */
function perEnv<Env>(optionsFor: (env: Env) => CloudflareConsumerOptions): (env: Env) => BatchConsumer {
  const consumers = new WeakMap<object, BatchConsumer>();
  return (env) => {
    const key = env as object;
    let consumer = consumers.get(key);
    if (consumer === undefined) {
      consumer = consumerFrom(optionsFor(env));
      consumers.set(key, consumer);
    }
    return consumer;
  };
}

function consumerFrom(options: CloudflareConsumerOptions): BatchConsumer {
  const of = "cloudflareConsumer()";
  checkOptions(options, ["worker", "queue", "database", "largeBodies", "deadLetterQueue", "retryForMs"], of);
  const { worker, queue, database, largeBodies, deadLetterQueue, retryForMs = 3 * DAY_MS } = options;
  if (typeof Object(worker).process !== "function") {
    throw new ConfigurationError(
      "option_invalid",
      `${of}: worker is not a worker; expected what createWorker() returns.`,
    );
  }
  checkQueueBinding(queue, of);
  checkDatabase(database, of);
  checkLargeBodies(largeBodies, of);
  if (deadLetterQueue !== undefined && typeof deadLetterQueue !== "string") {
    throw new ConfigurationError(
      "option_invalid",
      `${of}: deadLetterQueue is not a text; expected the name of a queue.`,
    );
  }
  within("retryForMs", retryForMs, 1, 14 * DAY_MS);
  return new BatchConsumer({ worker, queue, database, largeBodies, deadLetterQueue, retryForMs });
}
