import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunningReceiver } from "../contract/receiver.ts";

/** Serves a receiver on a free port, with `GET /runs?id=` beside it. */
export async function serve(listener: RequestListener): Promise<RunningReceiver> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/webhooks/mintfax`,
    runsUrl: `${origin}/runs`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
