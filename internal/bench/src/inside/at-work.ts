/** A server whose handlers stay at work until they are let go: `at-work.js <server>`. Needs `--expose-gc`. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";
import { requestsOf } from "../load/requests.ts";
import { answerQuestions } from "../processes/protocol.ts";
import { SECRET } from "../terms.ts";

let isWarm = false;
let atWork = 0;
let letGo: () => void = () => {};
const mayEnd = new Promise<void>((resolve) => {
  letGo = resolve;
});

async function handler(): Promise<void> {
  if (!isWarm) return;
  atWork += 1;
  await mayEnd;
}

const SERVERS: Readonly<Record<string, () => RequestListener>> = {
  bare: () => (req, res) => {
    req.resume();
    req.on("end", async () => {
      await handler();
      res.writeHead(200, { "content-length": 2 }).end("ok");
    });
  },
  core() {
    const receiver = createReceiver({ secret: SECRET }).on("*", handler);
    return (req, res) => void handleNodeRequest(receiver, req, res, req);
  },
  express: () => express().use(mintfaxWebhooks({ secret: SECRET }).on("*", handler)),
};

const server = createServer(SERVERS[process.argv[2] as string]?.()).listen(0, "127.0.0.1");
await once(server, "listening");

answerQuestions({
  requests({ count }: { count: number }): string[] {
    const requestOf = requestsOf("mintfax");
    return Array.from({ length: count }, (_, n) => requestOf(n));
  },
  port: () => (server.address() as AddressInfo).port,
  /** @returns how many handlers are at work, and the bytes of the heap without garbage */
  async heap(): Promise<{ atWork: number; bytes: number }> {
    for (let times = 0; times < 3; times += 1) {
      (globalThis as { gc?: () => void }).gc?.();
      await pause(10);
    }
    return { atWork, bytes: process.memoryUsage().heapUsed };
  },
  /** From now on handlers stay at work. */
  warm(): void {
    isWarm = true;
  },
  letGo: () => letGo(),
});
