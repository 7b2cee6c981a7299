import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createRedisStore } from "@mintfax-webhooks/redis";
import express from "express";
import { Redis } from "ioredis";
import { startServer } from "test-support/redis-servers";
import { onTestFinished } from "vitest";

export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** A receiver on Express with a real Redis, which can be down and whose handler can fail. */
export interface Receiver {
  readonly url: string;
  /** The events of all handler runs that succeeded, in their order. */
  readonly handled: { readonly id: string; readonly type: string; readonly faxId: string }[];
  /** How many deliveries ended as each outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How many deliveries were turned away while it was down. */
  readonly turnedAway: number;
  /** As behind a proxy that has lost its application: every request is answered with 503. */
  isDown: boolean;
  /** Whether the handler throws for this event. */
  fails: (event: { readonly id: string; readonly type: string }) => boolean;
}

/** It is gone when the test ends. */
export async function startReceiver(): Promise<Receiver> {
  const redis = await startServer();
  onTestFinished(() => redis.stop());
  const client = new Redis(redis.url);
  onTestFinished(() => client.disconnect());
  const outcomes: Record<string, number> = {};
  const receiver = {
    url: "",
    handled: [] as { id: string; type: string; faxId: string }[],
    outcomes,
    turnedAway: 0,
    isDown: false,
    fails: (_event: { readonly id: string; readonly type: string }): boolean => false,
  };
  const webhooks = mintfaxWebhooks({
    secret: SECRET,
    store: createRedisStore({ client }),
    // The clock of these tests runs hours ahead of the machine's.
    toleranceSeconds: 86_400,
    onOutcome: ({ outcome }) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    },
  }).on("fax.*", ({ id, type, data }) => {
    if (receiver.fails({ id, type })) throw new Error("The handler has a bug.");
    receiver.handled.push({ id, type, faxId: String((data.object as { id?: unknown }).id) });
  });
  const app = express().use(webhooks);
  const server = createServer((request, response) => {
    if (!receiver.isDown) return void app(request, response);
    receiver.turnedAway += 1;
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/mintfax`;
  return receiver;
}
