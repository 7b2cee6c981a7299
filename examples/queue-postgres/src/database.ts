import { Pool } from "pg";
import { type ConstructorOptions, PgBoss } from "pg-boss";

const { DATABASE_URL } = process.env;
if (DATABASE_URL === undefined) throw new Error("Set DATABASE_URL, or start src/main.ts");

/** A delivery or a message holds a connection while its handler works, so this many are handled at once. */
export const pool: Pool = new Pool({
  connectionString: DATABASE_URL,
  max: 20,
  connectionTimeoutMillis: 10_000,
});
// Without a listener, an idle connection that breaks ends the process.
pool.on("error", logError);

/** On connections of its own. Tables are made by src/migrate.ts. */
export function openBoss(options: ConstructorOptions): PgBoss {
  const boss = new PgBoss({ connectionString: DATABASE_URL as string, schedule: false, ...options });
  return boss.on("error", logError);
}

export function print(record: object): void {
  console.log(JSON.stringify(record));
}

/** The message alone: PostgreSQL's errors quote rows in other members. */
function logError({ message }: Error): void {
  console.error(`database: ${message}`);
}
