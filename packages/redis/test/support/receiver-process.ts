/**
 * One of several receiver processes on one Redis. Takes copies of events, and writes every handler run into a file outside the store, as `<id> <fence> <process>`.
 */
import { appendFileSync } from "node:fs";
import { createFetchHandler, type MintfaxEvent } from "@mintfax-webhooks/core";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { signDelivery } from "@mintfax-webhooks/testing";
import { actAtOnce } from "test-support/at-once";
import { gate } from "test-support/gate";
import { connect } from "./clients.ts";
import type { Copies, Statuses } from "./receivers.ts";

/** Copies under way at any time. */
const AT_ONCE = 25;

const [clientName = "", url = "", ledger = "", secret = ""] = process.argv.slice(2);
const { client, close } = connect(clientName, url);
/** Resolves when the handlers of the copies that it takes may end. */
let handlersMayEnd: Promise<void>;
// As patient as can be: this is about claims, not about how fast the machine is.
const store = createRedisStore({ client, timeoutMs: 5_000 });
const webhooks = createFetchHandler({ secret, store, deadlineMs: 80_000 }).on("*", ({ id }, { fence }) => {
  appendFileSync(ledger, `${id} ${fence} ${process.pid}\n`);
  return handlersMayEnd;
});

process.on("message", async ({ events, copies, handlersAwait }: Copies) => {
  const { promise, open } = gate();
  handlersMayEnd = promise;
  if (handlersAwait === 0) open();
  const deliveries = events.flatMap((event) => Array<MintfaxEvent>(copies).fill(event));
  const statuses: Statuses = {};
  let answered = 0;
  await actAtOnce(AT_ONCE, deliveries.length, async (index) => {
    const { headers, body } = signDelivery(deliveries[index] as MintfaxEvent, { secret });
    const request = new Request("https://clinic.example/webhooks/mintfax", { method: "POST", headers, body });
    const { status } = await webhooks(request);
    statuses[status] = (statuses[status] ?? 0) + 1;
    answered += 1;
    if (answered === handlersAwait) open();
  });
  process.send?.(statuses);
});
process.on("disconnect", close);
await client.ping();
process.send?.("ready");
