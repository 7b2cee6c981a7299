import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Receiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import type { FromReceiver } from "./points.ts";

/** Serves deliveries on a free port, which the conductor is told, until SIGTERM or the conductor's death. */
export function serve<Tx>(receiver: Receiver<unknown, Tx>): void {
  const server = createServer((req, res) => void handleNodeRequest(receiver, req, res, req));
  // Thousands of deliveries may arrive at one moment.
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
    process.send?.({ listening: (server.address() as AddressInfo).port } satisfies FromReceiver);
  });

  process.once("SIGTERM", async () => {
    const closed = new Promise((resolve) => server.close(resolve)); // no new connections
    // One that has just been answered on is idle only now.
    setInterval(() => server.closeIdleConnections(), 20);
    await closed;
    await receiver.drain(); // what has begun is finished, whether or not its sender still waits
    process.exit(0);
  });
  // The conductor has died.
  process.once("disconnect", () => process.exit(1));
}
