import type { MessageBatch } from "@cloudflare/workers-types";
import { createD1Store } from "@mintfax-webhooks/cloudflare";
import {
  type CloudflareConsumer,
  type CloudflareConsumerOptions,
  type CloudflareExecution,
  type CloudflareQueueBinding,
  cloudflareConsumer,
} from "@mintfax-webhooks/queue/cloudflare";
import { createSuiteWorker } from "conformance/hand-off/suite-worker";
import type { Env } from "./env.ts";
import type { ConsumerSetup } from "./setup.ts";

const realNow = Date.now.bind(Date);
let consumer: CloudflareConsumer<Env> | undefined;
let consumerSetup = "";
let keepAlive: (promise: Promise<unknown>) => void = () => {};

/** As the test says, which also decides when a batch begins. */
export async function consume(batch: MessageBatch, env: Env, execution: CloudflareExecution): Promise<void> {
  const answer = await env.TEST.fetch("http://test/begin", { method: "POST", body: batch.queue });
  const { elapsedMs, ...setup } = (await answer.json()) as ConsumerSetup;
  Date.now = () => realNow() + elapsedMs;
  keepAlive = (promise) => execution.waitUntil(promise);
  const asked = JSON.stringify(setup);
  if (consumer === undefined || asked !== consumerSetup) {
    consumer = cloudflareConsumer((bindings: Env) => optionsFrom({ elapsedMs, ...setup }, bindings));
    consumerSetup = asked;
  }
  try {
    await consumer(batch, env, execution);
  } finally {
    await env.TEST.fetch("http://test/end", { method: "POST" });
  }
}

function optionsFrom(setup: ConsumerSetup, env: Env): CloudflareConsumerOptions {
  const { worker, retryForMs, largeBodies, deadLetterQueue, fault } = setup;
  if (fault === "options throw") throw new Error("options that throw");
  const binding = { R2: env.FAX_BODIES, KV: env.FAX_BODIES_KV, "the other one": env.FAX_BODIES_KV };
  return {
    worker: createSuiteWorker(worker, createD1Store({ database: env.DB, timeoutMs: 5_000 }), (promise) =>
      keepAlive(promise),
    ),
    queue: queueWith(fault, env),
    database: fault === "no table" ? env.EMPTY_DB : env.DB,
    ...(largeBodies !== undefined && { largeBodies: binding[largeBodies] }),
    ...(deadLetterQueue !== undefined && { deadLetterQueue }),
    ...(retryForMs !== undefined && { retryForMs }),
  };
}

/** workerd has no way to make a real queue fail. */
function queueWith(fault: ConsumerSetup["fault"], { FAX_QUEUE }: Env): CloudflareQueueBinding {
  if (fault !== "queue throws") return FAX_QUEUE;
  return {
    send() {
      throw new Error("Queue send failed: Too Many Requests");
    },
  };
}
