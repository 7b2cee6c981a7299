/**
 * One of several receiver processes on one Redis. Takes copies of events, as many at once as it is told to, and writes
 * every handler run into a file outside the store, as `<id> <fence> <process>`.
 */
import { appendFileSync } from "node:fs";
import { createFetchHandler } from "@mintfax-webhooks/core";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { signDelivery } from "@mintfax-webhooks/testing";
import { connect } from "./clients.ts";
import type { Copies, Statuses } from "./receivers.ts";

const [clientName = "", url = "", ledger = "", secret = ""] = process.argv.slice(2);
const { client, close } = connect(clientName, url);
// As patient as the engine: this is about claims, not about how fast the machine is.
const store = createRedisStore({ client, timeoutMs: 5_000 });
const webhooks = createFetchHandler({ secret, store }).on("*", ({ id }, { fence }) => {
  appendFileSync(ledger, `${id} ${fence} ${process.pid}\n`);
});

process.on("message", async ({ events, copies }: Copies) => {
  const requests = events.flatMap((event) =>
    Array.from({ length: copies }, () => {
      const { headers, body } = signDelivery(event, { secret });
      return new Request("https://clinic.example/webhooks/mintfax", { method: "POST", headers, body });
    }),
  );
  const statuses: Statuses = {};
  const count = async (request: Request): Promise<void> => {
    const { status } = await webhooks(request);
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await Promise.all(requests.map(count));
  process.send?.(statuses);
});
process.on("disconnect", close);
await client.ping();
process.send?.("ready");
