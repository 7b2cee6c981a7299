import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { HAS_PGBOUNCER, PgBouncer } from "test-support/pgbouncer-server";
import { PostgresServer } from "test-support/postgres-server";
import { describe, expect, onTestFinished, test } from "vitest";
import { notGreen, ofCode, type Store } from "./support/not-green.ts";

const KINDS = {
  lease: (pool: Pool): Store => createPostgresStore({ pool }),
  transactional: (pool: Pool): Store => createPostgresTransactionalStore({ pool }) as Store,
};
const EACH_KIND = Object.entries(KINDS);

async function serverWith(settings: Readonly<Record<string, string>>): Promise<PostgresServer> {
  const server = await PostgresServer.start(settings);
  onTestFinished(() => server.stop());
  await createPostgresStore({ pool: poolOf(server.url) }).migrate();
  return server;
}

function poolOf(url: string): Pool {
  const pool = new Pool({ connectionString: url }).on("error", () => {});
  onTestFinished(() => pool.end());
  return pool;
}

describe.runIf(HAS_PGBOUNCER || process.env.CI === "true")(
  "behind PgBouncer (skipped where it is not on the PATH)",
  () => {
    test.each(EACH_KIND)(
      "in transaction mode, a %s store is green, and the finding says that it is there",
      async (_kind, open) => {
        const server = await serverWith({ fsync: "on" });
        const bouncer = await PgBouncer.start(server.url);
        onTestFinished(() => bouncer.stop());
        const { codes, findings } = await notGreen(open(poolOf(bouncer.url)));
        expect(codes).toEqual([]);
        expect(ofCode(findings, "postgres_pooler")).toMatchObject({
          message: expect.stringMatching(/^A pooler stands/),
        });
      },
    );

    test.each([
      ["lease", "warning", true],
      ["transactional", "error", false],
    ] as const)("in statement mode, a %s store has a red finding of level %s", async (kind, level, ready) => {
      const server = await serverWith({ fsync: "on" });
      const bouncer = await PgBouncer.start(server.url, 20, "statement");
      onTestFinished(() => bouncer.stop());
      const found = await notGreen(KINDS[kind](poolOf(bouncer.url)));
      expect(found).toMatchObject({ ready, codes: [`postgres_pooler ${level} false`] });
      expect(ofCode(found.findings, "postgres_pooler")).toMatchObject({
        fix: expect.stringContaining("pool_mode"),
      });
    });
  },
);

test("a replica is red", async () => {
  const replica = await serverWith({ fsync: "on" });
  const pool = poolOf(replica.url);
  const { data_directory } = (await pool.query("SHOW data_directory")).rows[0];
  await pool.query(`COPY (SELECT '') TO '${data_directory}/standby.signal'`);
  await replica.kill();
  await replica.restart();
  expect(await notGreen(KINDS.lease(poolOf(replica.url)))).toMatchObject({
    ready: false,
    codes: ["postgres_writable error false"],
  });
});

test("a server that does not flush is red", async () => {
  const { url } = await serverWith({ fsync: "off" });
  expect((await notGreen(KINDS.lease(poolOf(url)))).codes).toEqual(["postgres_durability warning false"]);
});
