import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createPostgresStore, type PostgresStore } from "@mintfax-webhooks/postgres";
import {
  leaseStoreSuite,
  type OpenedTransactionalStore,
  transactionalStoreSuite,
} from "@mintfax-webhooks/testing/store-suite";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { withoutThousands } from "test-support/run-size";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIBRARIES, type Library } from "./support/libraries.ts";

let server: PostgresServer;
let pool: Pool;
/** Takes connections and never says a word. */
let mute: Server;
const muted = new Set<Socket>();
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url, max: 10 }).on("error", () => {});
  mute = createServer((socket) => muted.add(socket)).listen(0, "127.0.0.1");
  await once(mute, "listening");
});
afterAll(async () => {
  for (const socket of muted) socket.destroy();
  mute.close();
  await pool.end();
  await server.stop();
});

/** As the engine is: a thousand calls at once are about claims, not about how fast the machine is. */
const PATIENT = { timeoutMs: 5_000 };

let schemas = 0;

/** A schema of its own for each store. */
async function newSchema(): Promise<string> {
  schemas += 1;
  const schema = `suite_${schemas}`;
  await pool.query(
    `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.effects (id serial PRIMARY KEY, text text NOT NULL)`,
  );
  return schema;
}

const elapse = (ms: number, { schema }: { readonly schema: string }) =>
  pool.query(`UPDATE ${schema}.mintfax_webhooks SET until = until - ${ms} * interval '1 ms'`);

const AWAY = {
  "a closed port": () => "postgres://postgres@127.0.0.1:1/postgres",
  "no answer": () => `postgres://postgres@127.0.0.1:${(mute.address() as AddressInfo).port}/postgres`,
};

describe("lease", () => {
  interface Opened {
    readonly store: PostgresStore;
    readonly schema: string;
    close(): void;
  }
  const openUnreachable = (url: string): Opened => {
    const unreachable = new Pool({ connectionString: url, max: 1 }).on("error", () => {});
    // Connections that never came about are not waited for.
    return {
      store: createPostgresStore({ pool: unreachable, timeoutMs: 300 }),
      schema: "",
      close: () => void unreachable.end(),
    };
  };
  const { cases, skipped } = leaseStoreSuite<Opened>({
    name: "lease",
    async open(options) {
      const schema = await newSchema();
      const store = createPostgresStore({ pool, schema, ...PATIENT, ...options });
      await store.migrate();
      return { store, schema, close() {} };
    },
    elapse,
    wipe: ({ schema }) => pool.query(`TRUNCATE ${schema}.mintfax_webhooks`),
    unavailable: Object.fromEntries(
      Object.entries(AWAY).map(([how, url]) => [how, () => openUnreachable(url())]),
    ),
  });
  test.each(cases)("$name", ({ run }) => run());

  test("nothing is left out", () => {
    expect(skipped).toEqual([]);
  });
});

describe.each(Object.entries(LIBRARIES))("transactional", (library, openLibrary) => {
  interface Opened extends OpenedTransactionalStore<unknown>, Library<unknown> {
    readonly store: Library<unknown>["store"];
    readonly write: Library<unknown>["write"];
    readonly close: Library<unknown>["close"];
    readonly schema: string;
  }
  const { cases, skipped } = transactionalStoreSuite<unknown, Opened>({
    name: library,
    async open(options) {
      const schema = await newSchema();
      const opened = openLibrary(server.url, schema, { ...PATIENT, ...options });
      await opened.store.migrate();
      const written = async () =>
        (await pool.query<{ text: string }>(`SELECT text FROM ${schema}.effects`)).rows.map(
          (row) => row.text,
        );
      return { ...opened, schema, written };
    },
    elapse,
    leaveOpen: (text, { borrow }) =>
      borrow(async (connection) => {
        await connection.query("BEGIN");
        await connection.query("INSERT INTO effects (text) VALUES ($1)", [text]);
      }),
    async breakOff(tx, { read }) {
      const pid = await read(tx, "SELECT pg_backend_pid()::text AS value");
      await pool.query("SELECT pg_terminate_backend($1, 10000)", [pid]);
    },
    unavailable: Object.fromEntries(
      Object.entries(AWAY).map(([how, url]) => [
        how,
        () => {
          const opened = openLibrary(url(), "public", { timeoutMs: 300 });
          return { ...opened, schema: "", written: () => [], close: async () => void opened.close() };
        },
      ]),
    ),
  });
  // The thousand copies go through `pg` in any case.
  test.each(library === "pg" ? cases : withoutThousands(cases))("$name", ({ run }) => run());

  test(`${library}: nothing is left out`, () => {
    expect(skipped).toEqual([]);
  });
});
