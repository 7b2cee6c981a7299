import type { Message, MessageBatch } from "@cloudflare/workers-types";
import { createD1Store } from "@mintfax-webhooks/cloudflare";
import {
  type CloudflareConsumer,
  type CloudflareConsumerOptions,
  type CloudflareExecution,
  type CloudflareQueueBinding,
  cloudflareConsumer,
} from "@mintfax-webhooks/queue/cloudflare";
import { createSuiteWorker } from "conformance/hand-off/suite-worker";
import { type Env, placeOf } from "./env.ts";
import type { Begin } from "./setup.ts";

const realNow = Date.now.bind(Date);
const consumers = new Map<string, CloudflareConsumer<Env>>();
let keepAlive: (promise: Promise<unknown>) => void = () => {};

/** As the test says, which also decides when a batch begins. */
export async function consume(batch: MessageBatch, env: Env, execution: CloudflareExecution): Promise<void> {
  const answer = await env.TEST.fetch("http://test/begin", { method: "POST", body: batch.queue });
  const { elapsedMs, removed, ...begin } = (await answer.json()) as Begin;
  Date.now = () => realNow() + elapsedMs;
  keepAlive = (promise) => execution.waitUntil(promise);
  const setup = JSON.stringify(begin);
  const consumer =
    consumers.get(setup) ?? cloudflareConsumer((bindings: Env) => optionsFrom(begin, bindings));
  consumers.set(setup, consumer);
  const isLeft = ({ body, timestamp }: Message): boolean =>
    !((removed[(body as { readonly id: string }).id] ?? -1) >= timestamp.getTime());
  for (const message of batch.messages) if (!isLeft(message)) message.ack();
  try {
    const left = {
      queue: batch.queue,
      messages: batch.messages.filter(isLeft),
      retryAll: batch.retryAll.bind(batch),
    };
    // As when Cloudflare ends a Worker: nothing of the batch is acknowledged.
    if (begin.fault === "ended") throw new Error("ended by the test");
    await consumer(left, env, execution);
    if (begin.fault === "ended after the work") throw new Error("ended by the test");
  } finally {
    await env.TEST.fetch("http://test/end", { method: "POST", body: batch.queue });
  }
}

function optionsFrom(begin: Omit<Begin, "elapsedMs" | "removed">, env: Env): CloudflareConsumerOptions {
  const { index, worker, retryForMs, largeBodies, deadLetterQueue, fault } = begin;
  if (fault === "options throw") throw new Error("options that throw");
  const { queue, database } = placeOf(index, env);
  const store = createD1Store({ database, timeoutMs: 5_000 });
  return {
    worker: createSuiteWorker(worker, store, (promise) => keepAlive(promise)),
    queue: fault === "queue throws" ? FULL : queue,
    database: fault === "no table" ? env.EMPTY_DB : database,
    ...(largeBodies !== undefined && {
      largeBodies: largeBodies === "R2" ? env.FAX_BODIES : env.FAX_BODIES_KV,
    }),
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
    ...(retryForMs !== undefined && { retryForMs }),
  };
}

/** workerd has no way to make a real queue fail. */
const FULL: CloudflareQueueBinding = {
  send() {
    throw new Error("Queue send failed: Storage Limit Exceeded");
  },
};
