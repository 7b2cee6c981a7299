import { createTelemetry } from "@mintfax-webhooks/opentelemetry";
import { createWorker, handOff } from "@mintfax-webhooks/queue";
import { bullmqProcessor, bullmqQueue, bullmqWorkerOptions } from "@mintfax-webhooks/queue/bullmq";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { eventFixture } from "@mintfax-webhooks/testing";
import { SpanKind } from "@opentelemetry/api";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { attempt, receiving } from "test-support/receiving";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { expect, onTestFinished, test, vi } from "vitest";
import { Exported, traced } from "./support/exported.ts";

const exported = new Exported(/^1\.10\./);

test.runIf(HAS_REDIS)("an event's trace crosses BullMQ, on a real redis-server", async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const connection = { url: server.url };
  const queue = new Queue("faxes", { connection });
  onTestFinished(() => queue.close());

  const telemetry = createTelemetry();
  const store = createRedisStore({ client: redis });
  const { webhooks } = receiving({ telemetry, store });
  webhooks.on("*", handOff(bullmqQueue(queue), { telemetry }));
  const worker = createWorker({ store, telemetry }).on("fax.failed", () => traced("UPDATE charts"));
  const event = eventFixture("fax.failed");
  expect((await webhooks(attempt(event))).status).toBe(200);
  const bullmqWorker = new Worker("faxes", bullmqProcessor(worker), { ...bullmqWorkerOptions(), connection });
  onTestFinished(() => bullmqWorker.close());
  await vi.waitFor(() => exported.span("process faxes"), 10_000);

  const place = { "messaging.system": "bullmq", "messaging.destination.name": "faxes" };
  const sent = exported.span("send faxes");
  const delivery = exported.span("process fax.failed");
  expect(sent).toMatchObject({
    kind: SpanKind.PRODUCER,
    parentSpanContext: { spanId: delivery.spanContext().spanId },
    attributes: { ...place, "messaging.message.id": event.id, "mintfax.queue.result": "queued" },
  });
  const work = exported.span("process faxes");
  const { traceId, spanId } = sent.spanContext();
  expect(work).toMatchObject({
    kind: SpanKind.CONSUMER,
    links: [{ context: { traceId, spanId } }],
    attributes: { ...place, "messaging.message.id": event.id, "mintfax.queue.action": "finish" },
  });
  expect(exported.span("UPDATE charts").parentSpanContext?.spanId).toBe(work.spanContext().spanId);
});
