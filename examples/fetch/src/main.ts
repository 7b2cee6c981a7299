import { createFetchHandler, createPathMatcher } from "@mintfax-webhooks/core";
import { createShutdown } from "@mintfax-webhooks/core/node";
import { serve } from "srvx"; // Bun.serve, Deno.serve or node:http

/** Faxes that have arrived. In a real application: a table of its database. */
const arrived: string[] = [];

// The secret comes from MINTFAX_WEBHOOK_SECRET.
const webhooks = createFetchHandler({ onOutcome: print, onLateOutcome: print }).on(
  "fax.delivered",
  ({ data: { object: fax } }) => {
    arrived.push(fax.id);
  },
);
const isForWebhooks = createPathMatcher("/webhooks/mintfax");

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = serve({
  port: Number(PORT),
  hostname: HOST,
  silent: true,
  gracefulShutdown: false,
  fetch: (request) =>
    isForWebhooks(new URL(request.url).pathname) ? webhooks(request) : Response.json(arrived),
});
await server.ready();
print({ listening: { address: HOST, port: Number(new URL(server.url ?? "").port) } });

// Deliveries that have begun are finished and answered.
const afterwards = () => print({ drained: true });
const onNode = server.node?.server;
const shutDown = onNode ? createShutdown(onNode, webhooks, { afterwards }) : shutDownElsewhere;
process.on("SIGTERM", shutDown);

let ending: Promise<void> | undefined;
/** Bun and Deno close their connections themselves. */
function shutDownElsewhere(): Promise<void> {
  ending ??= server.close().then(webhooks.drain).then(afterwards);
  return ending;
}

function print(record: object): void {
  console.log(JSON.stringify(record));
}
