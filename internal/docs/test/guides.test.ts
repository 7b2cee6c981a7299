import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFetchHandler } from "@mintfax-webhooks/core";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { createSeal } from "@mintfax-webhooks/queue";
import { createTestSender, eventFixture, type FetchTarget, signDelivery } from "@mintfax-webhooks/testing";
import { Pool } from "pg";
import { type CodeBlock, codeBlocks } from "test-support/code-blocks";
import { sendHalf } from "test-support/half-sent";
import { PostgresServer } from "test-support/postgres-server";
import { ROOT } from "test-support/root";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type BlockFolder, blockFolder, furnish } from "./support/folder.ts";
import { RunningBlock, SECRET } from "./support/running-block.ts";

const OTHER_SECRET = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt";

let folder: BlockFolder;
beforeAll(() => {
  folder = blockFolder();
  furnish(folder);
});
afterAll(() => folder[Symbol.dispose]());

/** The one block of a page that holds a text, with what the test needs in place of its own words. */
function block(
  page: string,
  holds: string,
  ...edits: readonly (readonly [from: string, to: string])[]
): CodeBlock {
  const [found, ...others] = codeBlocks("ts").filter((it) => it.page === page && it.source.includes(holds));
  if (found === undefined || others.length > 0)
    throw new Error(`${page} has no block, or several, with ${holds}`);
  const source = edits.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`${page}: not exactly one "${from}" in\n${text}`);
    return text.replace(from, () => to);
  }, found.source);
  return { ...found, source };
}

async function start(it: CodeBlock, env: Readonly<Record<string, string>> = {}): Promise<RunningBlock> {
  const running = await RunningBlock.start(folder, it, env);
  onTestFinished(() => running.kill());
  return running;
}

/** Sends one event. Resolves with the status and the outcome of the answer. */
async function send(
  to: string | FetchTarget,
  event: ReturnType<typeof eventFixture>,
  secret = SECRET,
): Promise<unknown[]> {
  const { status, body } = await createTestSender({ secret, to }).attempt(event);
  return [status, (JSON.parse(body ?? "{}") as { readonly outcome?: string }).outcome];
}

const PROCESSED = [200, "processed"];
const REFUSED = [400, "refused"];
/** For blocks that make a receiver and leave it to the reader to serve it. */
const RECEIVER = 'import express from "express";\nconst webhooks = mintfaxWebhooks(';
const SERVED = "\nexpress().use(webhooks).listen(3000);\n";

describe("docs/express.md", () => {
  test("a parser that keeps the bytes may come first", async () => {
    const page = block("docs/express.md", "rawBody: bytes");
    const running = await start({ ...page, source: `${page.source}\napp.listen(3000);\n` });
    expect(await send(running.url(), eventFixture("fax.delivered"))).toEqual([200, "unhandled"]);
    expect(await send(running.url(), eventFixture("fax.delivered"), OTHER_SECRET)).toEqual(REFUSED);
  });

  test("the four ways to mount a receiver take deliveries at the same path", async () => {
    const page = block("docs/express.md", ".handler);");
    let mounts = 0;
    const listening = (mounted: string): string => {
      mounts += 1;
      return `${mounted}.listen(0, "127.0.0.1", function () { console.log("mount ${mounts}:", this.address().port); });`;
    };
    const source = page.source.replaceAll(/^(express\(\)\..*);$/gm, (_, mounted) => listening(mounted));
    const running = await start({ ...page, source });
    expect(mounts).toBe(4);
    for (let mount = 1; mount <= mounts; mount += 1) await running.prints(`mount ${mount}:`);
    for (const [, port] of running.printed.matchAll(/^mount \d: (\d+)$/gm)) {
      const to = `http://127.0.0.1:${port}/webhooks/mintfax`;
      expect(await send(to, eventFixture("fax.delivered"))).toEqual([200, "unhandled"]);
    }
  });
});

test("docs/koa.md: a parser that leaves deliveries alone parses everything else", async () => {
  const page = block("docs/koa.md", "koa-bodyparser", [
    ".use(mintfaxWebhooks());",
    ".use(mintfaxWebhooks()).use((ctx) => { ctx.body = ctx.request.body; }).listen(3000);",
  ]);
  const running = await start(page);
  expect(await send(running.url(), eventFixture("fax.delivered"))).toEqual([200, "unhandled"]);
  const headers = { "content-type": "application/json" };
  const other = await fetch(running.url("/other"), { method: "POST", headers, body: '{ "a": 1 }' });
  expect(await other.json()).toEqual({ a: 1 });
});

test("docs/receiver.md: the handler prints a fax that is over, and where the delivery came from", async () => {
  const page = block("docs/receiver.md", "isTerminal", ["mintfaxWebhooks().on(", `${RECEIVER}).on(`]);
  const source = page.source.replace("https://intranet.example/ping", "http://127.0.0.1:3000/ping");
  const running = await start({ ...page, source: source + SERVED });
  const [sending, delivered] = [eventFixture("fax.sending"), eventFixture("fax.delivered")];
  expect(await send(running.url(), sending)).toEqual(PROCESSED);
  expect(await send(running.url(), delivered)).toEqual(PROCESSED);
  await running.stop();
  const lines = running.printed.split("\n").filter((line) => !line.startsWith("mintfax-webhooks:"));
  const { completed_at } = delivered.data.object;
  const from = /^(::ffff:)?127\.0\.0\.1 \d+ \d{4}-\d\d-\d\dT[\d:.]+Z$/;
  expect(lines).toEqual([
    expect.stringMatching(from),
    expect.stringMatching(new RegExp(`^${delivered.id} \\d+9 ${completed_at}$`)),
    expect.stringMatching(from),
    "",
  ]);
});

test("docs/observability.md: pino writes a line for each delivery, and one for what ends later", async () => {
  const page = block("docs/observability.md", "pino()");
  const source = `import express from "express";\n${page.source}
webhooks.on("fax.delivered", (_, { waitUntil }) => waitUntil(Promise.reject(new Error("no"))));${SERVED}`;
  const running = await start({ ...page, source });
  const event = eventFixture("fax.delivered");
  expect(await send(running.url(), event)).toEqual(PROCESSED);
  for (const message of ["mintfax delivery", "mintfax delivery, late"]) await running.prints(`"${message}"`);
  await running.stop();
  const lines = running.printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toHaveLength(2);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ msg: "mintfax delivery", outcome: "processed", status: 200, id: event.id }),
      expect.objectContaining({ msg: "mintfax delivery, late", code: "background_failed", id: event.id }),
    ]),
  );
});

test("docs/observability.md: each delivery is a span of the SDK that is registered", async () => {
  const page = block("docs/observability.md", "createTelemetry()");
  const source = `import { trace } from "@opentelemetry/api";
import { ConsoleSpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import express from "express";
const exporting = new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() });
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [exporting] }));
${page.source}${SERVED}`;
  const running = await start({ ...page, source });
  const event = eventFixture("fax.delivered", { data: { object: { tags: { order: "1042" }, pages: 7 } } });
  expect(await send(running.url(), event)).toEqual(PROCESSED);
  await running.prints(event.id);
  expect(running.printed).toContain("orders.markSent 1042 7");
  expect(running.printed).toContain("process fax.delivered");
});

describe("docs/going-live.md", () => {
  test("each endpoint has its own secret and its own ids, though they share a store", async () => {
    const env = { MINTFAX_LIVE_SECRET: SECRET, MINTFAX_SANDBOX_SECRET: OTHER_SECRET };
    const page = block("docs/going-live.md", "MINTFAX_SANDBOX_SECRET", [
      "express().use(",
      'for (const each of [live, sandbox]) each.on("fax.delivered", () => {});\nexpress().use(',
    ]);
    const running = await start(page, env);
    const event = eventFixture("fax.delivered");
    const [live, sandbox] = [running.url(), running.url("/webhooks/mintfax-sandbox")];
    expect(await send(live, event, OTHER_SECRET)).toEqual(REFUSED);
    expect(await send(sandbox, event, SECRET)).toEqual(REFUSED);
    expect(await send(live, event, SECRET)).toEqual(PROCESSED);
    expect(await send(sandbox, event, OTHER_SECRET)).toEqual(PROCESSED);
  });
});

describe("on PostgreSQL", () => {
  let server: PostgresServer;
  let pool: Pool;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = new Pool({ connectionString: server.url });
    await createPostgresTransactionalStore({ pool }).migrate();
    await pool.query(`
      CREATE TABLE faxes (id text PRIMARY KEY, status text, final boolean, event_order bigint)`);
    const { hostname, port, username } = new URL(server.url);
    env = {
      DATABASE_URL: server.url,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGDATABASE: "postgres",
    };
  });
  afterEach(async () => {
    await pool.query("TRUNCATE faxes");
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  test("docs/going-live.md: SIGTERM lets a delivery finish, records it, then ends the pool and the process", async () => {
    const page = block("docs/going-live.md", "createShutdown(server", [
      "const server =",
      `const end = pool.end.bind(pool);
pool.end = () => { console.log("pool ended"); return end(); };
webhooks.on("fax.delivered", () => console.log("handled"));
const server =`,
    ]);
    const running = await start(page, env);
    const event = eventFixture("fax.delivered");
    const delivery = await sendHalf(running.url(), signDelivery(event, { secret: SECRET }));
    const stopped = running.stop();
    await delivery.idleClosed;
    expect(await delivery.finish()).toBe(200);
    expect(await stopped).toBe(0);
    expect(running.printed).toBe("handled\npool ended\n");
    const onSameStore = createFetchHandler({ secret: SECRET, store: createPostgresStore({ pool }) }).on(
      "fax.delivered",
      () => {},
    );
    expect(await send(onSameStore, event)).toEqual([200, "duplicate"]);
  });

  test("docs/going-live.md: a row follows its fax, and an older event that comes late changes nothing", async () => {
    const page = block("docs/going-live.md", "event_order <", [
      "mintfaxWebhooks({ store })",
      `${RECEIVER}{ store })`,
    ]);
    const running = await start({ ...page, source: page.source + SERVED }, env);
    // All within one second, as short faxes are.
    const created = Math.floor(Date.now() / 1000);
    const object = { id: "fax_1" };
    const [queued, sending, delivered] = (["fax.queued", "fax.sending", "fax.delivered"] as const).map(
      (type) => eventFixture(type, { created, data: { object } }),
    );
    const row = async () => (await pool.query("SELECT status, final FROM faxes")).rows;
    for (const [event, status, final] of [
      [sending, "in_progress", false],
      [queued, "in_progress", false],
      [delivered, "delivered", true],
    ] as const) {
      expect(await send(running.url(), event as NonNullable<typeof event>)).toEqual(PROCESSED);
      expect(await row()).toEqual([{ status, final }]);
    }
  });

  test("docs/longer-work.md: what the web process hands off, the worker process works on", async () => {
    const web = await start(block("docs/longer-work.md", "pgBossQueue(boss)"), env);
    const object = { tags: { order: "1042" }, pages: 7 };
    const event = eventFixture("fax.delivered", { data: { object } });
    expect(await send(web.url(), event)).toEqual(PROCESSED);
    expect(await send(web.url(), event)).toEqual([200, "duplicate"]);
    const worker = await start(block("docs/longer-work.md", "pgBossProcessor(worker, boss)"), env);
    await worker.prints("orders.markSent 1042 7");
    expect(await Promise.all([web.stop(), worker.stop()])).toEqual([0, 0]);
    expect(worker.printed.match(/markSent/g)).toHaveLength(1);
  });
});

test("docs/longer-work.md: a message is as large as the page says", async () => {
  const event = eventFixture("fax.delivered");
  const body = JSON.stringify(event);
  const { id, type, created } = event;
  const plain = {
    version: 1,
    namespace: "mintfax",
    id,
    type,
    created,
    enqueuedAt: Date.now(),
    body,
  } as const;
  const sealed = await createSeal({ keys: { "2026-11": new Uint8Array(32) }, current: "2026-11" }).seal(
    plain,
  );
  const page = readFileSync(join(ROOT, "docs/longer-work.md"), "utf8");
  const [, ...said] =
    /of (\d+) bytes becomes a message of ([\d,]+) bytes, and sealed one of ([\d,]+)/.exec(page) ?? [];
  const bytes = [body, JSON.stringify(plain), JSON.stringify(sealed)].map((text) => text.length);
  // Ids and times of fixtures have their own lengths.
  for (const [index, size] of bytes.entries()) {
    expect(Math.abs(Number(said[index]?.replace(",", "")) - size)).toBeLessThan(40);
  }
});
