import {
  createPostgresTransactionalStore,
  type PostgresTransactionalStore,
} from "@mintfax-webhooks/postgres";
import { Pool, type PoolClient } from "pg";
import type { EngineTables } from "./engine.ts";
import { ignore } from "./engine.ts";
import type { EnginePlace } from "./settings.ts";

const CONNECTIONS = 10;

/** Each process has a name of its own for the server, so that its sessions can be told apart. */
export function poolOf({ url, name }: EnginePlace): Pool {
  const application_name = `${name} ${process.pid}`;
  return new Pool({ connectionString: url, application_name, max: CONNECTIONS })
    .on("error", ignore)
    .on("connect", (client) => client.on("error", ignore));
}

export function storeOn(pool: Pool): PostgresTransactionalStore<PoolClient> {
  return createPostgresTransactionalStore({ pool });
}

/**
 * SQL that notes every job in `enqueued`, in the transaction that stores it.
 *
 * @param condition tells a job that is stored from one that the engine tries again
 */
export function noteJobs(table: string, id: string, condition: string): string {
  const name = `note_${table.replace(".", "_")}`;
  return `
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.enqueued (id) VALUES (${id}); RETURN NULL; END $$;
    CREATE TRIGGER ${name} AFTER INSERT ON ${table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ${name}()`;
}

/** Counts by a query of `live` and `parked`. */
export function tablesOf(
  { url }: EnginePlace,
  prepare: (pool: Pool) => Promise<void>,
  counting: string,
): EngineTables {
  const pool = new Pool({ connectionString: url, max: 1 })
    .on("error", ignore)
    .on("connect", (client) => client.on("error", ignore));
  return {
    prepare: () => prepare(pool),
    async held() {
      const { rows } = await pool.query<{ live: string; parked: string }>(counting);
      const [{ live, parked } = { live: 0, parked: 0 }] = rows;
      return { live: Number(live), parked: Number(parked) };
    },
    close: () => pool.end(),
  };
}
