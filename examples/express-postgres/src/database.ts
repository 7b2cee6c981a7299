import { Pool } from "pg";

/** A pool of connections, and whatever has to be closed after it. */
export interface Database {
  readonly pool: Pool;
  close(): Promise<void>;
}

/** @param url where it is left out, a throw-away server is started, so that the example runs on a bare machine */
export async function openDatabase(url: string | undefined): Promise<Database> {
  if (url === undefined) return openThrowAway();
  // A delivery holds a connection while its handler works: as many as may be handled at once.
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
