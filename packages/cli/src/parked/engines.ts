import type { Parked } from "@mintfax-webhooks/queue";
import { installed } from "../installed.ts";
import { UsageError } from "../usage-error.ts";
import type { EngineName, Place } from "./place.ts";

/** A connection to a queue. */
export interface OpenQueue {
  readonly parked: Parked;
  /** Rejects where the server cannot be used. */
  ready(): Promise<unknown>;
  /** Also after a server that could not be used: an open connection keeps the process alive. */
  close(): Promise<unknown>;
}

/** How long a server may take to answer. */
const LIMIT_MS = 10_000;

/** Connects to a queue, with the client that is installed beside this command. */
export const ENGINES: Readonly<Record<EngineName, (place: Place) => Promise<OpenQueue>>> = {
  async bullmq({ url, queue: name, prefix }) {
    const { Queue } = await installed("bullmq", () => import("bullmq"));
    const { bullmqParked } = await import("@mintfax-webhooks/queue/bullmq");
    const queue = new Queue(name, {
      connection: {
        url,
        connectTimeout: LIMIT_MS,
        commandTimeout: LIMIT_MS,
        maxRetriesPerRequest: 1,
        retryStrategy: () => null,
      },
      ...(prefix !== undefined && { prefix }),
      skipMetasUpdate: true,
    });
    const failure = new Promise<never>((_, reject) => queue.once("error", reject).on("error", ignore));
    failure.catch(ignore);
    return {
      parked: bullmqParked(queue),
      ready: () => Promise.race([queue.waitUntilReady(), failure]),
      close: () => queue.close(),
    };
  },

  async "pg-boss"({ url, queue: name, schema }) {
    const { PgBoss } = await installed("pg-boss", () => import("pg-boss"));
    const { pgBossParked } = await import("@mintfax-webhooks/queue/pg-boss");
    const boss = new PgBoss({
      connectionString: url,
      ...POSTGRES,
      ...(schema !== undefined && { schema }),
      max: 1,
      migrate: false,
      createSchema: false,
      supervise: false,
      schedule: false,
    });
    boss.on("error", ignore);
    return {
      ready: () => boss.start().catch(notInstalled),
      parked: pgBossParked(boss, { name, ...(schema !== undefined && { schema }) }),
      close: () => boss.stop({ graceful: false, close: true }),
    };
  },

  async "graphile-worker"({ url, queue: task, schema }) {
    const { default: pg } = await installed("pg", () => import("pg"));
    const { graphileWorkerParked } = await import("@mintfax-webhooks/queue/graphile-worker");
    const pool = new pg.Pool({ connectionString: url, ...POSTGRES, max: 1 }).on("error", ignore);
    return {
      // Its first statement says what is wrong.
      ready: async () => {},
      parked: graphileWorkerParked(pool, { task, ...(schema !== undefined && { schema }) }),
      close: () => pool.end(),
    };
  },
};

const POSTGRES = { connectionTimeoutMillis: LIMIT_MS, query_timeout: LIMIT_MS } as const;

function notInstalled(error: unknown): never {
  if (!(error instanceof Error) || !error.message.startsWith("pg-boss is not installed")) throw error;
  throw new UsageError(
    "pg-boss's tables are not in this database, or in another schema. Compare the URL and --schema with what your workers have.",
  );
}

/** A lost connection makes the call fail that needs it. */
function ignore(): void {}
