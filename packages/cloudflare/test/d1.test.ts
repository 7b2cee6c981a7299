import { randomUUID } from "node:crypto";
import { D1_SCHEMA } from "@mintfax-webhooks/cloudflare";
import { CLAIM, COMPLETE, DELETE_EXPIRED, RELEASE, RENEW } from "@mintfax-webhooks/sqlite/sql";
import { RemoteStore } from "test-support/cloudflare/remote-store";
import type { QueryReport } from "test-support/cloudflare/worker/main";
import { Workerd } from "test-support/cloudflare/workerd";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

const LEASE_MS = 45_000;
const RETENTION_MS = 30 * 24 * 3_600_000;

let workerd: Workerd;
let store: RemoteStore;

beforeAll(async () => {
  workerd = await Workerd.start();
  store = new RemoteStore(workerd, "D1");
  await workerd.do({ do: "migrate" });
});
afterAll(() => workerd.stop());
beforeEach(() => query("DELETE FROM mintfax_dedup"));

const query = (sql: string, ...values: unknown[]) =>
  workerd.do({ do: "query", sql, values }) as Promise<QueryReport>;
const deleteExpired = (maxRows?: number) =>
  workerd.do({ do: "delete expired", ...(maxRows !== undefined && { maxRows }) });

describe("the schema", () => {
  test("as SQL makes the same table and index as migrate()", async () => {
    const made = async () =>
      (await query("SELECT sql FROM sqlite_master WHERE name LIKE 'mintfax%'")).results;
    const migrated = await made();
    expect(migrated).toHaveLength(2);
    await query("DROP TABLE mintfax_dedup");
    for (const statement of D1_SCHEMA.split(";").filter((part) => part.trim() !== "")) await query(statement);
    expect(await made()).toEqual(migrated);
  });

  test("is created by ten calls at once, and keeps the rows that exist", async () => {
    await store.claim({ namespace: "test", id: "kept" }, "me", LEASE_MS);
    await Promise.all(Array.from({ length: 10 }, () => workerd.do({ do: "migrate" })));
    expect((await query("SELECT id FROM mintfax_dedup")).results).toEqual([{ id: "kept" }]);
  });

  test("has one index, for cleaning, and the primary key for the rest", async () => {
    const plan = async (sql: string, ...values: unknown[]) =>
      (await query(`EXPLAIN QUERY PLAN ${sql}`, ...values)).results.map(({ detail }) => detail);
    expect(await plan(DELETE_EXPIRED, 1)).toContainEqual(
      expect.stringMatching(/USING (COVERING )?INDEX mintfax_dedup_expires \(expires_ms</),
    );
    expect(await plan(COMPLETE, "test", "id", "me", 1, RETENTION_MS)).toEqual([
      expect.stringMatching(/^SEARCH mintfax_dedup USING PRIMARY KEY/),
    ]);
  });
});

describe("deleteExpired", () => {
  const fill = (count: number, expiresInMs: number) =>
    query(
      `INSERT INTO mintfax_dedup WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
       SELECT 'test', ?3 || i, 'done', 'me', 1, 0, CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?2 - i FROM n`,
      count,
      expiresInMs,
      expiresInMs < 0 ? "expired" : "kept",
    );
  const count = async () => (await query("SELECT count(*) AS rows FROM mintfax_dedup")).results[0]?.rows;

  test("deletes rows past their retention, in every state, and no others", async () => {
    for (const id of ["done", "released", "pending"]) {
      const key = { namespace: "test", id };
      const claim = await store.claim(key, "me", LEASE_MS);
      const holder = { owner: "me", fence: claim.state === "claimed" ? claim.fence : -1 };
      if (id === "done") await store.complete(key, holder);
      if (id === "released") await store.release(key, holder);
    }
    expect(await deleteExpired()).toBe(0);
    await query("UPDATE mintfax_dedup SET expires_ms = expires_ms - ?", RETENTION_MS);
    // The lease comes on top of the retention.
    expect(await deleteExpired()).toBe(2);
    expect((await query("SELECT id FROM mintfax_dedup")).results).toEqual([{ id: "pending" }]);
    await query("UPDATE mintfax_dedup SET expires_ms = expires_ms - ?", LEASE_MS);
    expect(await deleteExpired()).toBe(1);
  });

  test("deletes in batches, oldest first, and at most `maxRows`", async () => {
    await fill(3_500, -10_000);
    await fill(100, 3_600_000);
    expect(await deleteExpired(1_200)).toBe(1_200);
    const { results } = await query(
      "SELECT max(expires_ms) - min(expires_ms) AS range FROM mintfax_dedup WHERE id LIKE 'exp%'",
    );
    expect(results).toEqual([{ range: 2_299 }]);
    expect(await deleteExpired(1_000)).toBe(1_000);
    expect(await deleteExpired()).toBe(1_300);
    expect(await deleteExpired()).toBe(0);
    expect(await count()).toBe(100);
  });

  test("deletes 10,000 rows by default", async () => {
    await fill(10_001, -20_000);
    expect(await deleteExpired()).toBe(10_000);
    expect(await count()).toBe(1);
  });
});

test("forget keeps the row for another retention", async () => {
  const key = { namespace: "test", id: "forgotten" };
  const claim = await store.claim(key, "me", LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  expect(await store.complete(key, { owner: "me", fence: claim.fence })).toBe("ok");
  const hourMs = 3_600_000;
  await query("UPDATE mintfax_dedup SET expires_ms = expires_ms - ?", RETENTION_MS - hourMs);
  expect(await store.forget(key)).toBe("forgotten");
  await query("UPDATE mintfax_dedup SET expires_ms = expires_ms - ?", 2 * hourMs);
  expect(await deleteExpired()).toBe(0);
});

test("the fence grows even after the row was deleted", async () => {
  const key = { namespace: "test", id: "deleted" };
  const fences: number[] = [];
  for (let round = 0; round < 3; round++) {
    const claim = await store.claim(key, "me", LEASE_MS);
    if (claim.state !== "claimed") throw new Error(claim.state);
    fences.push(claim.fence);
    expect(await store.complete(key, { owner: "me", fence: claim.fence })).toBe("ok");
    await query("UPDATE mintfax_dedup SET expires_ms = 0");
    expect(await deleteExpired()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 2)); // its clock counts milliseconds
  }
  expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
});

test("without the table the store is misconfigured, and the error says which command to run", async () => {
  const empty = new RemoteStore(workerd, "D1 without the table");
  await expect(empty.claim({ namespace: "test", id: "any" }, "me", LEASE_MS)).rejects.toThrow(
    /^StoreMisconfiguredError: .*wrangler d1 execute/,
  );
});

describe("billing of D1", () => {
  test("rows written, by a delivery, its duplicates and its failures", async () => {
    const id = randomUUID();
    let fence: unknown;
    const written = async (sql: string, ...values: unknown[]) => {
      const { results, rowsWritten } = await query(sql, "test", id, ...values);
      fence = results[0]?.fence ?? fence;
      return rowsWritten;
    };
    expect({
      claim: await written(CLAIM, "me", LEASE_MS, RETENTION_MS),
      refusedClaim: await written(CLAIM, "you", LEASE_MS, RETENTION_MS),
      renew: await written(RENEW, "me", fence, LEASE_MS, RETENTION_MS),
      release: await written(RELEASE, "me", fence, RETENTION_MS),
      claimAfterRelease: await written(CLAIM, "you", LEASE_MS, RETENTION_MS),
      complete: await written(COMPLETE, "you", fence, RETENTION_MS),
      duplicate: await written(CLAIM, "me", LEASE_MS, RETENTION_MS),
    }).toEqual({
      claim: 2,
      refusedClaim: 0,
      renew: 2,
      release: 2,
      claimAfterRelease: 2,
      complete: 2,
      duplicate: 0,
    });
  });

  test("176 bytes for an id", async () => {
    // A database of its own, without the room that deleted rows have left.
    const fresh = await Workerd.start();
    onTestFinished(() => fresh.stop());
    await fresh.do({ do: "migrate" });
    const ids = 20_000;
    const { databaseBytes } = (await fresh.do({
      do: "query",
      sql: `INSERT INTO mintfax_dedup WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        SELECT 'mintfax', 'evt_' || substr(hex(randomblob(11)), 1, 22), 'done', ?2 || '.' || i, 1, ?3 + i, ?3 + i FROM n`,
      values: [ids, "cloudflare-workers/0/tp68rk/5Yx0bLqW7d2N", Date.now()],
    })) as QueryReport;
    expect(databaseBytes / ids).toBeCloseTo(176, -1);
  });
});

test("a lease need not be a whole number of milliseconds", async () => {
  const key = { namespace: "test", id: "fraction" };
  const claim = await store.claim(key, "me", 45_000.5);
  if (claim.state !== "claimed") throw new Error(claim.state);
  expect(await store.renew(key, { owner: "me", fence: claim.fence }, 45_000.5)).toBe("ok");
});
