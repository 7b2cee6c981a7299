import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { handOff } from "@mintfax-webhooks/queue";
import { SECRET } from "../hostile/setting.ts";
import type { Connection, WorkerSetup } from "./engine.ts";

/** What the test tells a process, on its command line. */
export interface ProcessSetup {
  /** `OpenEngine.process.place` */
  readonly place: string;
  readonly worker: WorkerSetup;
}

/**
 * Runs a receiver and a worker of one queue in this process, until the process that started it disconnects. Sends that process
 * its origin.
 */
export async function serveProcess(connect: (place: string) => Promise<Connection>): Promise<void> {
  const { place, worker } = JSON.parse(process.argv[2] ?? "") as ProcessSetup;
  const connection = await connect(place);
  const running = await connection.startWorker(worker);
  const { queue, store } = connection;
  const receiver = createReceiver({ secret: SECRET, store, toleranceSeconds: 3_600 });
  receiver.on("*", handOff(queue));
  // On a busy machine Node would close a connection that the sender is just about to use again.
  const server = createServer(
    { keepAliveTimeout: 0 },
    (req, res) => void handleNodeRequest(receiver, req, res, req),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.on("disconnect", async () => {
    server.close();
    server.closeAllConnections();
    await running.stop();
    await connection.close();
    process.exit();
  });
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
