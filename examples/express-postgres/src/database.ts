import { Pool } from "pg";

/** A pool of connections, and the way to close it and its server. */
export interface Database {
  readonly pool: Pool;
  close(): Promise<void>;
}

/** @param url without it, a throw-away server is started, so that the example needs no database */
export async function openDatabase(url: string | undefined): Promise<Database> {
  if (url === undefined) return openThrowAway();
  // A delivery holds a connection while its handler works, so this many deliveries are handled at once.
  const pool = new Pool({ connectionString: url, max: 20, connectionTimeoutMillis: 10_000 });
  // Without a listener, an idle connection that breaks ends the process.
  pool.on("error", (error) => console.error(`database: ${error.message}`));
  return { pool, close: () => pool.end() };
}

async function openThrowAway(): Promise<Database> {
  const { PostgresServer } = await import("test-support/postgres-server");
  const server = await PostgresServer.start();
  const { pool, close } = await openDatabase(server.url);
  return { pool, close: () => close().then(() => server.stop()) };
}
