/** Deliveries through a receiver with a Postgres store, and the same number of bare statements by the same pool. */
import { randomUUID } from "node:crypto";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { createReceiver, type Receiver } from "@mintfax-webhooks/core/adapter";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool, type PoolClient } from "pg";
import { verifyNatively } from "../contestants/native.ts";
import { answerQuestions } from "../processes/protocol.ts";
import { SECRET } from "../terms.ts";
import { inFlight, type Taken } from "./in-flight.ts";
import { type Calls, type ClaimTimes, claimsAndCompletions, claimTimes } from "./lease-calls.ts";
import { filledTable } from "./postgres/filled-table.ts";
import { playAgain, type Query, recording } from "./postgres/queries.ts";
import { incoming, receive } from "./receiving.ts";

export type PostgresMode = "lease" | "transaction";

/** The default of `pg`. */
const CONNECTIONS = 10;
let pool: Pool;

answerQuestions({
  async connect({ url }: { url: string }): Promise<void> {
    pool = new Pool({ connectionString: url, max: CONNECTIONS });
    await pool.query("CREATE TABLE IF NOT EXISTS arrived (fax text NOT NULL)");
    await createPostgresStore({ pool, table: "leases" }).migrate();
    await createPostgresTransactionalStore({ pool, table: "transactions" }).migrate();
  },

  /** @returns how many messages a delivery sends, the handler's own among them */
  async statements({ mode }: { mode: PostgresMode }): Promise<number> {
    const queries: Query[] = [];
    const receiver = receiverOn(mode, recording(pool, queries));
    const counted = 100;
    const [first, ...others] = incoming(counted + 1);
    if (first === undefined) throw new Error("no delivery");
    await receive(receiver as Receiver, first);
    // What the store asks a new connection does not count.
    queries.length = 0;
    for (const each of others) await receive(receiver as Receiver, each);
    return queries.length / counted;
  },

  async deliveries({ mode, count }: { mode: PostgresMode; count: number }): Promise<Taken> {
    const receiver = receiverOn(mode, pool);
    const fresh = incoming(count);
    return inFlight(count, (n) => receive(receiver as Receiver, fresh[n] as (typeof fresh)[number]));
  },

  /** @returns milliseconds of the median of `count`, one at a time: of deliveries, or of a statement that does nothing */
  async alone({ way, count }: { way: PostgresMode | "ping"; count: number }): Promise<number> {
    const receiver = way === "ping" ? undefined : receiverOn(way, pool);
    const fresh = way === "ping" ? [] : incoming(count);
    const millis: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const start = performance.now();
      await (way === "ping"
        ? pool.query("SELECT 1")
        : receive(receiver as Receiver, fresh[n] as (typeof fresh)[number]));
      millis.push(performance.now() - start);
    }
    return millis.sort((a, b) => a - b)[Math.floor(count / 2)] as number;
  },

  /** The statements of a delivery, with nothing around them but a connection. */
  async bare({ mode, count }: { mode: PostgresMode; count: number }): Promise<Taken> {
    return inFlight(count, await bareStatements(mode));
  },

  /** The same for deliveries whose signatures are compared and whose bodies are parsed. */
  async verified({ mode, count }: { mode: PostgresMode; count: number }): Promise<Taken> {
    const run = await bareStatements(mode);
    const fresh = incoming(count);
    return inFlight(count, async (n) => {
      const delivery = fresh[n] as (typeof fresh)[number];
      const body = await delivery.readBody({ limitBytes: 1_048_576, timeoutMs: 5_000 });
      if (verifyNatively((name) => delivery.header(name), body) === undefined) throw new Error("refused");
      await run(n);
    });
  },

  /** What a delivery asks of its store, without a receiver. */
  async store({ mode, count }: { mode: PostgresMode; count: number }): Promise<Taken> {
    if (mode === "lease")
      return claimsAndCompletions(leaseStore, { table: "leases", sharing: "together", count, atOnce: 32 });
    const store = createPostgresTransactionalStore({ pool, table: "transactions", timeoutMs: 5_000 });
    const prefix = `evt_${randomUUID().slice(0, 8)}`;
    return inFlight(count, async (n) => {
      const ending = await store.transact({ namespace: "mintfax", id: `${prefix}${n}` }, async ({ tx }) => {
        await tx.query({ ...ARRIVED, values: [`fax_${n}`] });
        return "commit";
      });
      if (ending !== "committed") throw new Error(ending);
    });
  },

  claimsAndCompletions: (calls: Calls): Promise<Taken> => claimsAndCompletions(leaseStore, calls),
  claimTimes: (calls: Calls): Promise<ClaimTimes> => claimTimes(leaseStore, calls),
  /** @returns the table's name */
  filledTable: ({ ids }: { ids: number }): Promise<string> => filledTable(pool, ids),
});

function leaseStore(table: string): LeaseStore {
  return createPostgresStore({ pool, table, timeoutMs: 5_000 });
}

/** @returns runs the statements of one delivery */
async function bareStatements(mode: PostgresMode): Promise<(n: number) => Promise<void>> {
  const queries: Query[] = [];
  const [first, sample] = incoming(2);
  if (first === undefined || sample === undefined) throw new Error("no delivery");
  const receiver = receiverOn(mode, recording(pool, queries)) as Receiver;
  await receive(receiver, first);
  queries.length = 0;
  await receive(receiver, sample);
  const prefix = `evt_${randomUUID().slice(0, 8)}`;
  const again = (n: number) => playAgain(queries, String(sample.header("webhook-id")), `${prefix}${n}`);
  return (n) => (mode === "lease" ? again(n)(pool) : onConnection(again(n)));
}

/** As a careful application does: a connection that breaks ends neither the process nor another's transaction. */
async function onConnection(use: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  const ignore = () => {};
  client.on("error", ignore);
  try {
    await use(client);
    client.off("error", ignore);
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

const ARRIVED = { name: "arrived", text: "INSERT INTO arrived (fax) VALUES ($1)" };

function receiverOn(mode: PostgresMode, on: Pool): unknown {
  const timeoutMs = 5_000;
  if (mode === "lease") {
    const store = createPostgresStore({ pool: on, table: "leases", timeoutMs });
    return createReceiver({ secret: SECRET, store }).on("fax.delivered", async () => {});
  }
  const store = createPostgresTransactionalStore({ pool: on, table: "transactions", timeoutMs });
  return createReceiver({ secret: SECRET, store }).on(
    "fax.delivered",
    async ({ data: { object: fax } }, { tx }) => {
      await tx.query({ ...ARRIVED, values: [fax.id] });
    },
  );
}
