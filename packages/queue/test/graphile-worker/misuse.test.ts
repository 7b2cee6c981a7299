import { createWorker, handOff } from "@mintfax-webhooks/queue";
import {
  graphileWorkerParked,
  graphileWorkerQueue,
  graphileWorkerTask,
  graphileWorkerUnlock,
} from "@mintfax-webhooks/queue/graphile-worker";
import { Pool } from "pg";
import { freePort } from "test-support/free-port";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { poolOn } from "../postgres/support/pool.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = poolOn(server.url);
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const PASSWORD = "s3cret";

test.each([
  ["a connection string", `postgres://clinic:${PASSWORD}@db/clinic`, "Is it a connection string?"],
  ["graphile-worker's WorkerUtils", { addJob() {}, withPgClient() {} }, "WorkerUtils"],
  ["nothing", undefined, "of type undefined"],
  ["a database of Drizzle", { query: {}, execute() {} }, "expected a Pool of pg"],
])("%s as the client is refused at construction, and not quoted", (_, client, text) => {
  for (const construct of [graphileWorkerQueue, graphileWorkerParked]) {
    expect(() => construct(client as never)).toThrow(
      expect.objectContaining({ code: "option_invalid", message: expect.stringContaining(text) }),
    );
    expect(() => construct(client as never)).not.toThrow(PASSWORD);
  }
});

test.each([
  [{ task: "" }, "task has to be"],
  [{ task: "t".repeat(101) }, "task has to be"],
  [{ schema: "" }, "schema has to be"],
  [{ schema: "ä".repeat(32) }, "schema has to be"],
  [{ retryForMs: 0 }, "retryForMs is 0"],
  [{ queue: "mintfax" }, "is not an option"],
])("the options %j are refused at construction", (options, text) => {
  expect(() => graphileWorkerQueue(pool, options as never)).toThrow(text);
});

test("a worker that createWorker() has not made is refused at construction", () => {
  expect(() => graphileWorkerTask({} as never)).toThrow("expected what createWorker() returns");
});

test("without graphile-worker's tables, every call says how to make them", async () => {
  const fix = expect.objectContaining({
    code: "queue_misconfigured",
    message: expect.stringContaining("npx graphile-worker --schema-only"),
  });
  await expect(graphileWorkerParked(pool).list()).rejects.toEqual(fix);
  await expect(graphileWorkerUnlock(pool)).rejects.toEqual(fix);
  const { webhooks, records } = receiving();
  webhooks.on("*", handOff(graphileWorkerQueue(pool)));
  expect((await webhooks(attempt())).status).toBe(500);
  expect(records).toMatchObject([{ error: fix }]);
});

test("an unreachable server is answered with 503, and the record names its place without the password", async () => {
  const port = await freePort();
  const unreachable = new Pool({
    connectionString: `postgres://clinic:${PASSWORD}@127.0.0.1:${port}/clinic`,
  });
  onTestFinished(() => unreachable.end());
  const { webhooks, records } = receiving();
  webhooks.on("*", handOff(graphileWorkerQueue(unreachable)));
  expect((await webhooks(attempt())).status).toBe(503);
  expect(records).toMatchObject([
    { error: { message: expect.stringContaining(`ECONNREFUSED at 127.0.0.1:${port}`) } },
  ]);
  expect(JSON.stringify(records)).not.toContain(PASSWORD);
});

test.each([
  ["of postgres.js", Object.assign(() => {}, { begin() {} })],
  ["of TypeORM", { save() {} }],
  ["that is a text", "BEGIN"],
])("a transaction %s is refused: nothing is stored outside of it", async (_, tx) => {
  const message = {
    version: 1,
    namespace: "mintfax",
    id: "evt_1",
    type: "fax.failed",
    created: 1,
    enqueuedAt: 1,
    body: "",
  } as const;
  const { signal } = new AbortController();
  await expect(graphileWorkerQueue(pool).enqueue(message, { tx, signal })).rejects.toMatchObject({
    code: "queue_misconfigured",
    message: expect.stringContaining("expected one of pg, Drizzle, Kysely, Knex or Prisma"),
  });
});

test("the task has the types of createWorker()'s workers", () => {
  const store = { claim() {}, renew() {}, complete() {}, release() {}, forget() {} };
  expect(graphileWorkerTask(createWorker({ store: { kind: "lease", ...store } as never }))).toBeTypeOf(
    "function",
  );
});
