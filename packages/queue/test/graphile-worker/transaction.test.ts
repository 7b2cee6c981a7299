import { handOff } from "@mintfax-webhooks/queue";
import { graphileWorkerQueue } from "@mintfax-webhooks/queue/graphile-worker";
import { eventFixture } from "@mintfax-webhooks/testing";
import type { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { LIBRARIES } from "../postgres/support/libraries.ts";
import { poolOn } from "../postgres/support/pool.ts";
import { VERSIONS } from "./support/graphile-worker.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = poolOn(server.url);
  await VERSIONS["graphile-worker 0.18"]?.migrate(pool);
  await LIBRARIES.pg?.(pool, server.url).store.migrate();
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});
beforeEach(() => pool.query("TRUNCATE mintfax_webhooks, graphile_worker._private_jobs"));

const jobs = async () => (await pool.query("SELECT payload FROM graphile_worker._private_jobs")).rows;

/** Has a text that an escape too many or too few would change. */
const EVENT = eventFixture("fax.delivered", {
  data: { object: { tags: { chart: `O'Hara $1 ? :a "\\u0000` } } },
});

describe.each(Object.entries(LIBRARIES))("in a transaction of %s", (_, open) => {
  /** A pool that is not there: what is stored all the same was stored in the transaction. */
  const nowhere = () =>
    graphileWorkerQueue({ query: () => Promise.reject(new Error("not in the transaction")) });

  function opened() {
    const library = open(pool, server.url);
    onTestFinished(async () => void (await library.close()));
    return receiving<unknown>({ store: library.store });
  }

  test("the job is stored with the event's record, its body as mintfax has sent it", async () => {
    const { webhooks } = opened();
    webhooks.on("*", handOff(nowhere()));
    const request = attempt(EVENT);
    const body = await request.clone().text();
    expect((await webhooks(request)).status).toBe(200);
    expect(await jobs()).toEqual([{ payload: expect.objectContaining({ id: EVENT.id, body }) }]);
    expect((await pool.query("SELECT FROM mintfax_webhooks")).rowCount).toBe(1);
  });

  test("a handler that fails after the hand-off takes the job back", async () => {
    const { webhooks } = opened();
    const hand = handOff(nowhere());
    webhooks.on("*", async (event, context) => {
      await hand(event as never, context as never);
      throw new Error("after the hand-off");
    });
    expect((await webhooks(attempt(EVENT))).status).toBe(500);
    expect(await jobs()).toEqual([]);
  });

  test("what PostgreSQL refuses is answered with 503, and the record quotes nothing of the message", async () => {
    await pool.query(
      "ALTER TABLE graphile_worker._private_jobs ADD CONSTRAINT too_long CHECK (length(payload::text) < 10)",
    );
    onTestFinished(
      async () =>
        void (await pool.query("ALTER TABLE graphile_worker._private_jobs DROP CONSTRAINT too_long")),
    );
    const { webhooks, records } = opened();
    webhooks.on("*", handOff(nowhere()));
    expect((await webhooks(attempt(EVENT))).status).toBe(503);
    const seen: string[] = [];
    for (let error: unknown = records[0]?.error; error instanceof Error; error = error.cause) {
      seen.push(error.message, String(error.stack), JSON.stringify(error));
    }
    expect(seen.join()).toContain("SQLSTATE 23514");
    expect(seen.join()).not.toMatch(/Hara|\+1/);
  });
});
