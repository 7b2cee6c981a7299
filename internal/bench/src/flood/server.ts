/** The server under siege: an ordinary Express application. It tells what it has done and what it holds. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMemoryStore, type LeaseStore, mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";
import { PLANT, SECRET } from "test-support/siege-setting";

/** What the server tells. */
export interface Sample {
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly storeCalls: number;
  readonly handlerRuns: number;
  readonly connections: number;
  /** As the hook was told of them. */
  readonly refusals: number;
}

let refusals = 0;
let storeCalls = 0;
let handlerRuns = 0;

const called = <T>(answer: () => T): T => {
  storeCalls += 1;
  return answer();
};
const memory = createMemoryStore();
const store: LeaseStore = {
  kind: "lease",
  claim: (...args) => called(() => memory.claim(...args)),
  renew: (...args) => called(() => memory.renew(...args)),
  complete: (...args) => called(() => memory.complete(...args)),
  release: (...args) => called(() => memory.release(...args)),
  forget: (...args) => called(() => memory.forget(...args)),
  inspect: (...args) => called(() => memory.inspect(...args)),
};

const webhooks = mintfaxWebhooks({
  secret: SECRET,
  store,
  onOutcome: ({ outcome }) => {
    if (outcome === "refused") refusals += 1;
  },
}).on("fax.delivered", () => {
  handlerRuns += 1;
});

// Longer than any pause of a busy machine: a connection that closes as it is used again would lose a delivery, and that
// would be Node's doing.
const server = createServer({ keepAliveTimeout: 120_000 }, express().use(webhooks));
if (process.argv.includes(PLANT)) {
  server.on("request", ({ headers }) => {
    void store.claim({ namespace: "planted", id: String(headers["webhook-id"]) }, "planted", 1);
  });
}
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.({ port: (server.address() as AddressInfo).port });

process.on("message", () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  server.getConnections((_, connections) => {
    const sample: Sample = {
      heapBytes: heapUsed,
      rssBytes: rss,
      storeCalls,
      handlerRuns,
      connections,
      refusals,
    };
    process.send?.(sample);
  });
});
process.on("disconnect", () => process.exit());
