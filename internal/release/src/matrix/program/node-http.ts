import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { createTestSender, eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { type Check, equal } from "./check.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const LIMIT_BYTES = 4_096;

/** Sends a body over the limit without saying how long it is, so that it has to be counted. */
async function sendTooMuch(to: string): Promise<number> {
  const tags = { note: "x".repeat(LIMIT_BYTES) };
  const event = eventFixture("fax.delivered", { data: { object: { tags } } });
  const { headers, body } = signDelivery(event, { secret: SECRET });
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(body);
      controller.close();
    },
  });
  const init = { method: "POST", headers, body: stream, duplex: "half" };
  return (await fetch(to, init as RequestInit)).status;
}

/** What Express and Koa stand on, where there is a `node:http`. */
export const nodeHttpChecks: readonly Check[] = [
  {
    name: "core/node on a socket: 200, 200, 400, 413",
    async run() {
      let runs = 0;
      const receiver = createReceiver({ secret: SECRET, bodyLimitBytes: LIMIT_BYTES }).on(
        "fax.delivered",
        () => {
          runs += 1;
        },
      );
      const server = createServer((req, res) => void handleNodeRequest(receiver, req, res, req));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
        const sender = createTestSender({ secret: SECRET, to });
        const event = eventFixture("fax.delivered");
        const forged = forge(signDelivery(eventFixture("fax.delivered"), { secret: SECRET }));
        const statuses = [
          (await sender.attempt(event)).status,
          (await sender.attempt(event)).status,
          (await sender.send(forged)).status,
          await sendTooMuch(to),
        ];
        equal([statuses, runs], [[200, 200, 400, 413], 1], "answers and runs");
      } finally {
        server.close();
        server.closeAllConnections();
      }
    },
  },
];
