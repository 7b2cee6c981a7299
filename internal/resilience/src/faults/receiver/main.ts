/** A receiver process as an application would run it, but for the ledger and the points. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { Ledger } from "../ledger.ts";
import { DEADLINE_MS, LEASE_MS } from "../terms.ts";
import { createHandler } from "./handler.ts";
import type { FromReceiver } from "./points.ts";
import type { ReceiverSettings } from "./settings.ts";
import { openStore, type Writer } from "./stores.ts";

const settings = JSON.parse(process.env.FAULTS_RECEIVER ?? "") as ReceiverSettings;
const ledger = new Ledger(settings.ledger);
const opened = openStore(settings, ledger);

const noteAs =
  (what: "outcome" | "late-outcome") =>
  ({ id = "", code }: { readonly id: string | undefined; readonly code: string | undefined }) => {
    if (code !== undefined && code !== "in_progress") ledger.write({ what, id, fence: 0, code });
  };
const receiver = createReceiver<unknown, Writer>({
  secret: settings.secret,
  store: opened.store,
  deadlineMs: DEADLINE_MS,
  leaseMs: LEASE_MS,
  onOutcome: noteAs("outcome"),
  onLateOutcome: noteAs("late-outcome"),
}).on("*", createHandler(settings, opened, ledger));

if (settings.migrates) {
  await opened.migrate?.();
  ledger.write({ what: "migrated", id: "", fence: 0 });
}

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
