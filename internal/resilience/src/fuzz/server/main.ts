/** The process under siege: a server of every kind, each watched from outside its framework. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createMemoryStore, type LeaseStore, type OutcomeRecord } from "@mintfax-webhooks/core";
import { PATIENT, PLANT, SECRET } from "test-support/siege-setting";
import { APPS, type App } from "./apps.ts";
import { isAuthentic, isEnvelope, isOurs } from "./oracle.ts";

/** What the process says, and is told. */
export type Message =
  | { readonly ports: Readonly<Record<string, number>> }
  | { readonly problem: string }
  | { readonly report: Report };

export interface Report {
  readonly handlerRuns: number;
  readonly storeCalls: number;
  readonly authentic: number;
  readonly openConnections: number;
  readonly heapBytes: number;
}

const BODY_TIMEOUT_MS = 300;
const count = { handlerRuns: 0, storeCalls: 0, authentic: 0 };
const calls: Record<string, number> = {};
const outcomes: Record<string, number> = {};
/** What a stranger or a good delivery may come to, where nothing is broken. */
const EXPECTED: ReadonlySet<string> = new Set(["processed", "duplicate", "unhandled", "busy", "refused"]);
const bodies = new WeakMap<IncomingMessage, Buffer[]>();
const ports: Record<string, number> = {};
const apps: App[] = [];

const say = (message: Message): void => void process.send?.(message);
const problem = (what: string): void => say({ problem: what });
process.on("uncaughtException", (error) => problem(`uncaught exception: ${error.stack}`));
process.on("unhandledRejection", (error) =>
  problem(`unhandled rejection: ${(error as Error)?.stack ?? error}`),
);

for (const [name, make] of Object.entries(APPS)) {
  const app = make({
    secret: SECRET,
    store: counted(createMemoryStore()),
    bodyTimeoutMs: BODY_TIMEOUT_MS,
    onOutcome: (record) => recorded(name, record),
  });
  const handler = (event: unknown, { platform }: { platform: unknown }): void =>
    ran(name, app.requestOf(platform), event);
  for (const pattern of ["fax.delivered", "fax.*"] as const) app.webhooks.on(pattern, handler as never);
  // Far shorter than Node's, so that what is left hanging ends within the test.
  Object.assign(app.server, { headersTimeout: 500, requestTimeout: 1_000, keepAliveTimeout: 100 });
  app.server.prependListener("request", (req, res) => watch(name, app, req, res));
  if (process.argv.includes(PLANT)) {
    app.server.on("request", (req) =>
      req.once("end", () => ran(name, req, { id: req.headers["webhook-id"] })),
    );
  }
  app.server.listen(0, "127.0.0.1");
  await once(app.server, "listening");
  ports[name] = (app.server.address() as AddressInfo).port;
  apps.push(app);
}
say({ ports });

function recorded(name: string, record: OutcomeRecord): void {
  outcomes[record.outcome] = (outcomes[record.outcome] ?? 0) + 1;
  const text = JSON.stringify(record);
  if (!EXPECTED.has(record.outcome)) problem(`${name}: recorded ${text}, ${record.error}`);
  for (const hidden of [SECRET, PATIENT]) {
    if (text.includes(hidden)) problem(`${name}: the record holds ${hidden}: ${text}`);
  }
}

function ran(name: string, req: IncomingMessage, event: unknown): void {
  count.handlerRuns += 1;
  const body = bytesOf(req);
  if (!isAuthentic(req, body)) {
    problem(`${name}: the handler ran for ${told(req, body)}`);
    return;
  }
  const { id } = JSON.parse(body.toString().replace(/^\ufeff/, "")) as { id?: unknown };
  if ((event as { id?: unknown }).id !== id) problem(`${name}: the handler got another event`);
}

/** Keeps the bytes that Node's parser hands to the request, without reading it. */
function watch(name: string, app: App, req: IncomingMessage, res: ServerResponse): void {
  const chunks: Buffer[] = [];
  bodies.set(req, chunks);
  const push = req.push.bind(req);
  req.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    return push(chunk, encoding);
  };
  res.once("finish", () => judge(name, app, req, res.statusCode));
}

function judge(name: string, app: App, req: IncomingMessage, status: number): void {
  if (!isOurs(req)) return;
  const body = bytesOf(req);
  const accepted = status === 200 || status === 409;
  if (!isWhole(req, body) || !isAuthentic(req, body)) {
    if (accepted) problem(`${name}: ${status} for ${told(req, body)}`);
    return;
  }
  count.authentic += 1;
  // It came too slowly, and came to its end all the same while the answer was on its way.
  if (status === 408) return;
  if (status === 400 && app.refuses?.(req)) return;
  if (accepted !== isEnvelope(body)) problem(`${name}: ${status} for an authentic ${told(req, body)}`);
}

/** A body that came in one piece with its headers may be answered before Node says that the message is complete. */
function isWhole(req: IncomingMessage, body: Buffer): boolean {
  return req.complete || body.length === Number(req.headers["content-length"]);
}

function bytesOf(req: IncomingMessage): Buffer {
  return Buffer.concat(bodies.get(req) ?? []);
}

function told({ method, url, rawHeaders }: IncomingMessage, body: Buffer): string {
  return JSON.stringify({ method, url, rawHeaders, body: body.toString("latin1").slice(0, 500) });
}

function counted(store: LeaseStore): LeaseStore {
  return {
    kind: "lease",
    claim: (...args) => tally("claim", () => store.claim(...args)),
    renew: (...args) => tally("renew", () => store.renew(...args)),
    complete: (...args) => tally("complete", () => store.complete(...args)),
    release: (...args) => tally("release", () => store.release(...args)),
    forget: (...args) => tally("forget", () => store.forget(...args)),
    inspect: (...args) => tally("inspect", () => store.inspect(...args)),
  };
}

function tally<T>(name: string, call: () => T): T {
  count.storeCalls += 1;
  calls[name] = (calls[name] ?? 0) + 1;
  return call();
}

/** A delivery that led to a claim was accepted, and `judge` looks at each accepted one by its answer. */
function judgeCalls(): void {
  const { processed = 0, duplicate = 0, busy = 0 } = outcomes;
  const { claim = 0, complete = 0, ...others } = calls;
  if (claim !== processed + duplicate + busy || complete !== processed || Object.keys(others).length > 0) {
    problem(`store calls ${JSON.stringify(calls)} for outcomes ${JSON.stringify(outcomes)}`);
  }
}

process.on("message", async () => {
  await Promise.all(apps.map(({ webhooks }) => webhooks.drain()));
  judgeCalls();
  // The answers have gone out; what is left closes by its own short timeouts.
  let openConnections = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 50 && openConnections > 0; tries++) {
    await sleep(100);
    openConnections = 0;
    for (const { server } of apps) openConnections += await connectionsOf(server);
  }
  for (let times = 0; times < 3; times++) {
    globalThis.gc?.();
    await sleep(10);
  }
  say({ report: { ...count, openConnections, heapBytes: process.memoryUsage().heapUsed } });
});
process.on("disconnect", () => process.exit());

function connectionsOf(server: App["server"]): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, open) => (error === null ? resolve(open) : reject(error))),
  );
}
