import { handOff } from "@mintfax-webhooks/queue";
import { pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import { eventFixture } from "@mintfax-webhooks/testing";
import type { Pool } from "pg";
import { gate } from "test-support/gate";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { LIBRARIES } from "../postgres/support/libraries.ts";
import { poolOn } from "../postgres/support/pool.ts";
import { TestBoss, VERSIONS } from "./support/pg-boss.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = poolOn(server.url);
  await LIBRARIES["pg"]?.(pool, server.url).store.migrate();
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

/** Has a text that an escape too many or too few would change. */
const newEvent = () =>
  eventFixture("fax.delivered", {
    id: `evt_${crypto.randomUUID()}`,
    data: { object: { tags: { chart: `O'Hara $1 ? :a "\\u0000` } } },
  });

const EACH = Object.entries(VERSIONS).flatMap(([version, Version]) =>
  Object.entries(LIBRARIES).map(([library, open]) => ({ version, Version, library, open })),
);

describe.each(EACH)("$version in a transaction of $library", ({ Version, open }) => {
  async function opened() {
    const { store, close } = open(pool, server.url);
    onTestFinished(async () => void (await close()));
    return { test: await TestBoss.start(server, Version), ...receiving<unknown>({ store }) };
  }

  test("the claim, the message and `done` are one commit", async () => {
    const { test, webhooks } = await opened();
    const hand = handOff(pgBossQueue(test.boss));
    const event = newEvent();
    const [stored, committed] = [gate(), gate()];
    webhooks.on("*", async (event, context) => {
      await hand(event as never, context as never);
      stored.open();
      await committed.promise;
    });
    const request = attempt(event);
    const body = await request.clone().text();
    const answer = webhooks(request);
    await stored.promise;
    expect(await test.jobs()).toEqual([]);
    committed.open();
    expect((await answer).status).toBe(200);
    expect(await test.jobs()).toMatchObject([{ state: "created", data: { id: event.id, body } }]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await test.jobs()).toHaveLength(1);
  });

  test("a handler that fails after the hand-off takes the message back", async () => {
    const { test, webhooks } = await opened();
    const hand = handOff(pgBossQueue(test.boss));
    webhooks.on("*", async (event, context) => {
      await hand(event as never, context as never);
      throw new Error("after the hand-off");
    });
    expect((await webhooks(attempt(newEvent()))).status).toBe(500);
    expect(await test.jobs()).toEqual([]);
  });

  test("a message that waits is known, and one that is finished is stored again", async () => {
    const { test, webhooks } = await opened();
    webhooks.on("*", handOff(pgBossQueue(test.boss)));
    const event = newEvent();
    expect((await webhooks(attempt(event))).status).toBe(200);
    await webhooks.forget(event.id);
    expect((await webhooks(attempt(event))).status).toBe(200);
    const [job, ...more] = await test.boss.fetch("mintfax");
    expect(more).toEqual([]);
    await test.boss.complete("mintfax", job?.id ?? "");
    await webhooks.forget(event.id);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect((await test.jobs()).map(({ state }) => state)).toEqual(["completed", "created"]);
  });

  test("what PostgreSQL refuses is answered with 503, and the record quotes nothing of the message", async () => {
    const { test, webhooks, records } = await opened();
    webhooks.on("*", handOff(pgBossQueue(test.boss)));
    await test.sql(
      `ALTER TABLE ${test.schema}.job_common ADD CONSTRAINT too_long CHECK (length(data::text) < 10)`,
      [],
    );
    expect((await webhooks(attempt(newEvent()))).status).toBe(503);
    const seen: string[] = [];
    for (let error: unknown = records[0]?.error; error instanceof Error; error = error.cause) {
      seen.push(error.message, String(error.stack), JSON.stringify(error));
    }
    expect(seen.join()).toContain("SQLSTATE 23514");
    expect(seen.join()).not.toMatch(/Hara|\+1/);
    expect(await test.jobs()).toEqual([]);
  });
});

test("a store whose database is not pg-boss's is a wrong set-up: nothing is stored outside of its transaction", async () => {
  await pool.query("CREATE DATABASE elsewhere");
  const elsewhere = poolOn(server.url.replace(/postgres$/, "elsewhere"));
  onTestFinished(() => elsewhere.end());
  const library = LIBRARIES["pg"]?.(elsewhere, "");
  await library?.store.migrate();
  const boss = await TestBoss.start(server, VERSIONS["pg-boss 12"] as never);
  const { webhooks, records } = receiving<unknown>({ store: library?.store as never });
  webhooks.on("*", handOff(pgBossQueue(boss.boss)));
  expect((await webhooks(attempt(newEvent()))).status).toBe(500);
  expect(records).toMatchObject([
    { error: { message: expect.stringMatching(/tables are not in this database/) } },
  ]);
  expect(await boss.jobs()).toEqual([]);
});

test("a transaction of another kind is a wrong set-up", async () => {
  const boss = await TestBoss.start(server, VERSIONS["pg-boss 12"] as never);
  const queue = pgBossQueue(boss.boss);
  const signal = new AbortController().signal;
  await expect(async () => queue.enqueue({} as never, { tx: { insert() {} }, signal })).rejects.toMatchObject(
    {
      code: "queue_misconfigured",
    },
  );
  expect(await boss.jobs()).toEqual([]);
});
