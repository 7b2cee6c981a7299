import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type MintfaxEvent, mintfaxWebhooks, type OutcomeHook } from "@mintfax-webhooks/express";
import express from "express";
import { freePort } from "test-support/free-port";
import { afterEach } from "vitest";
import { SECRET } from "./cli.ts";

const running: Server[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

/** Serves until the end of the test. Returns the URL of the receiver's default path. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  running.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/mintfax`;
}

/** A receiver in Express, which keeps what its handler was given. */
export async function serveReceiver(
  handle: (event: MintfaxEvent) => unknown = () => {},
  onOutcome: OutcomeHook = () => {},
): Promise<{ url: string; events: MintfaxEvent[] }> {
  const events: MintfaxEvent[] = [];
  const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome }).on("*", async (event) => {
    events.push(event as MintfaxEvent);
    await handle(event as MintfaxEvent);
  });
  return { url: await serve(express().use(webhooks)), events };
}

/** A receiver that has a handler of `fax.failed` alone. */
export function serveHandlerOfFailed(): Promise<string> {
  const webhooks = mintfaxWebhooks({ secret: SECRET }).on("fax.failed", () => {});
  return serve(express().use(webhooks));
}

/** A server that answers everything in the same way. */
export function serveAlways(status: number, body = ""): Promise<string> {
  return serve((req, res) => {
    req.resume().on("end", () => res.writeHead(status).end(body));
  });
}

/** Where nothing listens. */
export async function deadUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}/webhooks/mintfax`;
}
