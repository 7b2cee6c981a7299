import { createPgBossQueues, type PgBossLike, type pgBossProcessor } from "@mintfax-webhooks/queue/pg-boss";
import { PgBoss } from "pg-boss";
import PgBoss11 from "pg-boss11";
import type { PostgresServer } from "test-support/postgres-server";
import { onTestFinished } from "vitest";

/** Both ends of the range of the peer dependency. */
export const VERSIONS: Readonly<Record<string, typeof PgBoss>> = {
  "pg-boss 11": PgBoss11 as unknown as typeof PgBoss,
  "pg-boss 12": PgBoss,
};

/** pg-boss does not look for jobs more often by itself. */
const NOTIFY_MS = 20;

export type Processor = ReturnType<typeof pgBossProcessor>;

/** A pg-boss in a schema of its own, with what a test does behind mintfax's back. */
export class TestBoss {
  readonly boss: PgBoss & PgBossLike;
  readonly schema: string;

  /** Started, with its queues, until the test ends. */
  static async start(
    server: PostgresServer,
    Version: typeof PgBoss,
    { deadlineMs }: { deadlineMs?: number } = {},
  ): Promise<TestBoss> {
    const started = new TestBoss(server, Version);
    await started.boss.start();
    await createPgBossQueues(started.boss, deadlineMs === undefined ? {} : { deadlineMs });
    return started;
  }

  /** @param schema of another one that shares it */
  constructor(server: PostgresServer, Version: typeof PgBoss, schema: string = newSchema()) {
    this.schema = schema;
    const boss = new Version({ connectionString: server.url, schema: this.schema, schedule: false });
    // What it rejects with, the test sees.
    boss.on("error", () => {});
    onTestFinished(() => boss.stop({ graceful: false }).catch(() => {}));
    this.boss = boss as PgBoss & PgBossLike;
  }

  /** Runs pg-boss's own worker until the test ends, or until the returned function is called. */
  async work(processor: Processor, batchSize = 1): Promise<() => Promise<void>> {
    const id = await this.boss.work("mintfax", { includeMetadata: true, batchSize }, processor as never);
    const notifying = setInterval(() => this.boss.notifyWorker(id), NOTIFY_MS);
    const stop = async (): Promise<void> => {
      clearInterval(notifying);
      await this.boss.offWork("mintfax");
    };
    onTestFinished(stop);
    return stop;
  }

  /** Jobs of a queue, the oldest first. */
  async jobs(
    name: string = "mintfax",
  ): Promise<{ id: string; state: string; data: unknown; output: unknown }[]> {
    return this.sql(`SELECT * FROM ${this.schema}.job WHERE name = $1 ORDER BY created_on`, [name]);
  }

  /** Moves all times back, and lets pg-boss look after its jobs. */
  async elapse(seconds: number): Promise<void> {
    await this.sql(
      `UPDATE ${this.schema}.job SET start_after = start_after - $1 * interval '1s', started_on = started_on - $1 * interval '1s',
        created_on = created_on - $1 * interval '1s', completed_on = completed_on - $1 * interval '1s',
        keep_until = keep_until - $1 * interval '1s' WHERE name LIKE 'mintfax%'`,
      [seconds],
    );
    // When pg-boss has last looked after each queue; the columns depend on its version.
    const columns = await this.sql(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'queue' AND column_name ~ '^(monitor|maintain).*_on$'",
      [this.schema],
    );
    const reset = columns.map(({ name }) => `${name} = NULL`).join();
    await this.sql(`UPDATE ${this.schema}.queue SET ${reset}`, []);
    await this.boss.supervise("mintfax");
    await this.boss.supervise("mintfax-parked");
  }

  // biome-ignore lint/suspicious/noExplicitAny: rows
  async sql(text: string, values: unknown[]): Promise<any[]> {
    return (await this.boss.getDb().executeSql(text, values)).rows;
  }
}

let schemas = 0;

function newSchema(): string {
  schemas += 1;
  return `boss_${schemas}`;
}
