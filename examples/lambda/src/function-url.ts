/** Plays a function URL on this machine. It is not deployed. */
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { createShutdown } from "@mintfax-webhooks/core/node";
import { handler, webhooks } from "./function.ts";
import { print } from "./print.ts";

/** The function's timeout, as docs/lambda.md has it. */
const TIMEOUT_MS = 30_000;

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = createServer(async (req, res) => {
  const event = await eventOf(req).catch(() => undefined);
  // The sender hung up before its request was here: AWS calls no function for it.
  if (event === undefined) return;
  const endsAt = Date.now() + TIMEOUT_MS;
  const { statusCode, headers, body } = await handler(event, {
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  });
  res.writeHead(statusCode, headers).end(body);
}).listen(Number(PORT), HOST, () => print({ listening: server.address() }));

// Deliveries that have begun are finished and answered.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards: () => print({ drained: true }) }));

/** In payload format 2.0. */
async function eventOf(req: IncomingMessage) {
  const headers = Object.entries(req.headers).map(([name, value]) => [name, String(value)]);
  return {
    version: "2.0",
    rawPath: req.url ?? "",
    requestContext: { http: { method: req.method } },
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: (await buffer(req)).toString("base64"),
    isBase64Encoded: true,
  };
}
