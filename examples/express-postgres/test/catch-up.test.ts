import { createFaxWatch } from "@mintfax-webhooks/postgres";
import { createSandbox } from "@mintfax-webhooks/sandbox";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { Client, Pool } from "pg";
import { ExampleProcess } from "test-support/example-process";
import { freePort } from "test-support/free-port";
import { PostgresServer } from "test-support/postgres-server";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

const start = (env: Readonly<Record<string, string>>): Promise<ExampleProcess> =>
  ExampleProcess.start("express-postgres", { MINTFAX_WEBHOOK_SECRET: SECRET, ...env });
const overview = async (example: ExampleProcess) => (await fetch(`${example.origin}/orders`)).json();
const addOrder = (example: ExampleProcess, number: string) =>
  fetch(`${example.origin}/orders/${number}`, { method: "PUT" });

let server: PostgresServer;
beforeEach(async () => {
  server = await PostgresServer.start();
});
afterEach(() => server.stop());

/** mintfax, played by the sandbox, with an endpoint where the example will listen. */
async function playMintfax() {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}/webhooks/mintfax`;
  const sandbox = await createSandbox({ endpoints: [{ url, secret: SECRET }], timeScale: 0 });
  onTestFinished(() => sandbox.close());
  const headers = { authorization: `Bearer ${sandbox.apiKey}` };
  const list = async (path: string) => {
    const answer = await fetch(`${sandbox.url}${path}`, { headers });
    return ((await answer.json()) as { data: { id: string }[] }).data;
  };
  const [endpoint] = await list("/webhooks");
  const env = {
    PORT: port,
    DATABASE_URL: server.url,
    MINTFAX_API_KEY: sandbox.apiKey,
    MINTFAX_BASE_URL: sandbox.url,
    MINTFAX_ENDPOINT: endpoint?.id ?? "",
  };
  const send = async (order: string): Promise<void> => {
    const body = new FormData();
    body.set("to", "+15005550001");
    body.set("file", new File(["%PDF-1.7"], "referral.pdf"));
    body.append("tags[]", `order=${order}`);
    expect((await fetch(`${sandbox.url}/faxes`, { method: "POST", headers, body })).status).toBe(201);
  };
  return { env, list, send };
}

test("a fax is expected where it is sent, and settled where it ends", async () => {
  const { env } = await playMintfax();
  const example = await start(env);
  onTestFinished(async () => void (await example.stop()));
  const pool = new Pool({ connectionString: server.url }).on("error", () => {});
  onTestFinished(() => pool.end());
  const answer = await fetch(`${example.origin}/orders/1042/fax`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to: "+15005550008" }),
  });
  expect(answer.status).toBe(201);
  await vi.waitFor(
    async () => expect(await overview(example)).toMatchObject({ orders: { "1042": { status: "failed" } } }),
    20_000,
  );
  expect(await createFaxWatch({ pool }).status()).toMatchObject({
    expected: 0,
    sinceLastEventSeconds: expect.any(Number),
  });
});

test("what mintfax could not deliver while no process ran is there after the start, once", async () => {
  const { env, list, send } = await playMintfax();
  const first = await start(env);
  await addOrder(first, "1042");
  await first.line(({ catchUp }) => catchUp !== undefined);
  expect(await first.stop()).toBe(0);

  await send("1042");
  await vi.waitFor(
    async () => expect(await list("/webhooks/attempts?status=failed&per_page=100")).toHaveLength(12),
    20_000,
  );
  const second = await start(env);
  onTestFinished(async () => void (await second.stop()));
  const { catchUp } = await second.line(({ catchUp }) => catchUp !== undefined);
  expect(catchUp).toEqual({ complete: true, repaired: 3, owed: 0, missing: 0 });
  expect(await overview(second)).toMatchObject({ orders: { "1042": { status: "delivered", updates: 3 } } });
});

test("a process that finds another one catching up leaves it to that", async () => {
  const { env } = await playMintfax();
  const other = new Client({ connectionString: server.url }).on("error", () => {});
  await other.connect();
  onTestFinished(() => other.end());
  await other.query("SELECT pg_advisory_lock(5151500)");
  const example = await start(env);
  onTestFinished(async () => void (await example.stop()));
  const { catchUp } = await example.line(({ catchUp }) => catchUp !== undefined);
  expect(catchUp).toBe("another process runs it");
});

test("a revoked key does not end it: deliveries go on, and the line says why", async () => {
  const { env } = await playMintfax();
  const example = await start({ ...env, MINTFAX_API_KEY: "mfx_test_8aZqRm4yT3vK7pNxJ2bH9c" });
  onTestFinished(async () => void (await example.stop()));
  const { catchUp } = await example.line(({ catchUp }) => catchUp !== undefined);
  expect(catchUp).toMatchObject({ error: "api_key_rejected" });
  await addOrder(example, "1042");
  const sender = createTestSender({ secret: SECRET, to: example.url });
  const event = eventFixture("fax.delivered", { data: { object: { tags: { order: "1042" } } } });
  expect((await sender.attempt(event)).status).toBe(200);
});
