import { postgresQueryIn } from "@mintfax-webhooks/core/store";
import { describe, expect, test, vi } from "vitest";

// The tests of packages/postgres run statements in transactions of these libraries, on a real server.

const ROWS = [{ id: "evt_1" }];
const TEXT = "SELECT id FROM audit WHERE id = $1 AND kind = $2";
const VALUES = Object.freeze(["evt_1", "fax"]);

/** A method that answers as the library does, and what its object has besides. */
interface Library {
  readonly method: string;
  readonly besides?: object;
  readonly answer: unknown;
  readonly calledWith: readonly unknown[];
}

const LIBRARIES: Readonly<Record<string, Library>> = {
  pg: { method: "query", answer: { rows: ROWS }, calledWith: [TEXT, VALUES] },
  Prisma: { method: "$queryRawUnsafe", answer: ROWS, calledWith: [TEXT, ...VALUES] },
  Kysely: {
    method: "executeQuery",
    answer: { rows: ROWS },
    calledWith: [
      {
        query: { kind: "RawNode", sqlFragments: [TEXT], parameters: [] },
        queryId: { queryId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        sql: TEXT,
        parameters: VALUES,
      },
    ],
  },
  Knex: {
    method: "raw",
    answer: { rows: ROWS },
    calledWith: ["SELECT id FROM audit WHERE id = ? AND kind = ?", VALUES],
  },
};

describe.each(Object.entries(LIBRARIES))("a transaction of %s", (_, { method, answer, calledWith }) => {
  test("runs the statement, and answers with the rows", async () => {
    const run = vi.fn().mockResolvedValue(answer);
    expect(await postgresQueryIn({ [method]: run })?.(TEXT, VALUES)).toEqual(ROWS);
    expect(run.mock.calls).toEqual([calledWith]);
  });

  test("is called as its method, and fails as it does", async () => {
    const tx = {
      async [method]() {
        expect(this).toBe(tx);
        throw new Error("duplicate key");
      },
    };
    await expect(postgresQueryIn(tx)?.(TEXT, VALUES)).rejects.toThrow("duplicate key");
  });

  test("that answers nothing gives nothing, which is for the caller to check", async () => {
    const tx = { [method]: async () => undefined };
    expect(await postgresQueryIn(tx)?.(TEXT, VALUES)).toBeUndefined();
  });
});

describe("a transaction of Drizzle", () => {
  /** What Drizzle does with a query: it asks for its SQL, and then for that SQL's text. */
  const executed = async (query: { getSQL(): { toQuery(): unknown } }) => ({
    rows: [query.getSQL().toQuery()],
  });

  test("runs the statement, and answers with the rows", async () => {
    const tx = { dialect: {}, execute: executed };
    expect(await postgresQueryIn(tx)?.(TEXT, VALUES)).toEqual([{ sql: TEXT, params: VALUES }]);
  });

  test("that answers nothing gives nothing", async () => {
    const tx = { dialect: {}, execute: async () => undefined };
    expect(await postgresQueryIn(tx)?.(TEXT, VALUES)).toBeUndefined();
  });
});

describe("Knex, whose parameters have no numbers", () => {
  test.each([
    ["SELECT $2, $1, $2", ["a", "b"], "SELECT ?, ?, ?", ["b", "a", "b"]],
    ["SELECT $11", Array.from("abcdefghijk"), "SELECT ?", ["k"]],
    ["SELECT data ? 'id' AND id = $1", ["a"], "SELECT data \\? 'id' AND id = ?", ["a"]],
  ])("%j gets its values in the order of its text", async (text, values, knexText, ordered) => {
    const raw = vi.fn().mockResolvedValue({ rows: [] });
    await postgresQueryIn({ raw })?.(text, values);
    expect(raw.mock.calls).toEqual([[knexText, ordered]]);
  });

  test("its transaction is a function with methods", async () => {
    const trx = Object.assign(() => {}, { raw: async () => ({ rows: ROWS }) });
    expect(await postgresQueryIn(trx)?.("SELECT 1", [])).toBe(ROWS);
  });
});

describe("a transaction that has methods of several libraries", () => {
  const other = async () => ({ rows: "of another method" });

  test.each<readonly [string, object]>([
    ["Prisma's client extended with `query`", { $queryRawUnsafe: async () => ROWS, query: other }],
    [
      "Kysely's, which has `executeQuery` beside others",
      { executeQuery: async () => ({ rows: ROWS }), raw: other },
    ],
    [
      "Drizzle's, which has `query`, too",
      { execute: async () => ({ rows: ROWS }), dialect: {}, query: other },
    ],
    ["Knex's, which has `query`, too", { raw: async () => ({ rows: ROWS }), query: other }],
  ])("is taken for what it is: %s", async (_, tx) => {
    expect(await postgresQueryIn(tx)?.("SELECT 1", [])).toBe(ROWS);
  });
});

test.each<readonly [string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["a text", "BEGIN"],
  ["an object", {}],
  ["a function", () => {}],
  ["an object whose `query` is a text", { query: "SELECT 1" }],
  ["the connection of another kind of database", { execute: async () => {} }],
])("%s is not a transaction of PostgreSQL", (_, tx) => {
  expect(postgresQueryIn(tx)).toBeUndefined();
});
