/**
 * A server with OpenTelemetry as applications set it up, HTTP instrumentation included. `node traced-server.ts <framework>`
 * prints `{"url"}` once it listens; after SIGTERM, `{"spans"}`.
 */
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createFetchHandler } from "@mintfax-webhooks/core";
import * as forExpress from "@mintfax-webhooks/express";
import * as forHono from "@mintfax-webhooks/hono";
import * as forKoa from "@mintfax-webhooks/koa";
import { createTelemetry } from "@mintfax-webhooks/opentelemetry";
import { trace } from "@opentelemetry/api";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import express from "express";
import { Hono } from "hono";
import Koa from "koa";
import { startSdk } from "./sdk.ts";

const sdk = startSdk();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
// `node:http` is loaded already; it is instrumented when it is imported again.
createRequire(import.meta.url)("node:http");

const options = { telemetry: createTelemetry(), onOutcome: () => {} };

async function handle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  trace.getTracer("application").startSpan("handler's query").end();
}

const APPS: Readonly<Record<string, () => RequestListener>> = {
  express: () => express().use(forExpress.mintfaxWebhooks(options).on("fax.*", handle)),
  hono: () => getRequestListener(new Hono().use(forHono.mintfaxWebhooks(options).on("fax.*", handle)).fetch),
  koa: () => new Koa().use(forKoa.mintfaxWebhooks(options).on("fax.*", handle)).callback(),
  fetch: () => getRequestListener(createFetchHandler(options).on("fax.*", handle)),
};

const server = createServer(APPS[process.argv[2] ?? ""]?.());
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}/webhooks/mintfax` }));
});
process.once("SIGTERM", () => {
  server.close(() => {
    const spans = sdk.spans().map((span) => ({
      name: span.name,
      id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId,
    }));
    console.log(JSON.stringify({ spans }));
  });
  server.closeIdleConnections();
});
