import { createMemoryStore } from "@mintfax-webhooks/core";
import { createWorker } from "@mintfax-webhooks/queue";
import { cloudflareConsumer, cloudflareParked, cloudflareQueue } from "@mintfax-webhooks/queue/cloudflare";
import type { HandOffEngine, WorkerSetup } from "conformance/hand-off";
import type { Workerd } from "./workerd.ts";

/** Queue, store and what is parked are called through the bindings of the test Worker; workers are its consumer. */
export function cloudflareEngine(workerd: Workerd): HandOffEngine {
  return {
    name: "Cloudflare Queues",
    async open({ retryForMs } = {}) {
      const opened = await workerd.open();
      const sent: string[] = [];
      const recording: typeof opened.queue = {
        metrics: () => opened.queue.metrics(),
        sendBatch: (messages) => opened.queue.sendBatch(messages),
        send(message, options) {
          sent.push(JSON.stringify(message));
          return opened.queue.send(message, options);
        },
      };
      const started: WorkerSetup[] = [];
      const consume = (worker: WorkerSetup): void =>
        opened.consume({ worker, largeBodies: "R2", ...(retryForMs !== undefined && { retryForMs }) });
      return {
        queue: cloudflareQueue(recording, { largeBodies: opened.r2 }),
        store: opened.store,
        parked: opened.parked,
        async put(message) {
          await recording.send(message, { contentType: "json" });
        },
        remove: (id) => opened.remove(id),
        elapse: (ms) => opened.elapse(ms),
        async isAtWork() {
          await opened.settled();
          return false;
        },
        async dump() {
          const rows: unknown[] = [];
          for (const table of ["mintfax_dedup", "mintfax_parked"]) {
            rows.push((await opened.database.prepare(`SELECT * FROM ${table}`).all()).results);
          }
          return [...sent, JSON.stringify(rows)].join("\n");
        },
        async startWorker(setup) {
          started.push(setup);
          consume(setup);
          return {
            async stop() {
              started.splice(started.indexOf(setup), 1);
              const left = started.at(-1);
              if (left === undefined) await opened.pause();
              else consume(left);
            },
          };
        },
        place: "",
        async close() {},
      };
    },
    wrongClients: {
      "a binding that is missing": () => cloudflareQueue(undefined as never),
      "the queue's name": () => cloudflareQueue("mintfax" as never),
      "a database as large bodies": () =>
        cloudflareQueue({ send: async () => {} }, { largeBodies: { prepare() {} } as never }),
      "a database that is missing": () => cloudflareParked(undefined as never, { send: async () => {} }),
      "a queue as the database": () => cloudflareParked({ send() {} } as never, { send: async () => {} }),
      "a consumer without a database": () =>
        cloudflareConsumer({
          worker: createWorker({ store: createMemoryStore() }),
          queue: { send: async () => {} },
          database: null as never,
        }),
      "a store as the worker": () => cloudflareConsumer({ worker: createMemoryStore() as never } as never),
    },
  };
}
