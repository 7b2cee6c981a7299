import { Pool, type PoolConfig } from "pg";
import { onTestFinished } from "vitest";

/** A statement as the store sends it. */
interface Sent {
  readonly text: string;
  readonly name?: string;
  readonly values?: readonly string[];
}

interface Watched {
  readonly pool: Pool;
  /** In their order. */
  readonly sent: Sent[];
  readonly seen: {
    /** How many of them were under way at once. */
    most: number;
  };
}

/**
 * A pool, and what a store sends through it, without what it asks of a new connection.
 *
 * @param run runs a statement, or does something else in its place
 */
export function watchedPool(
  config: PoolConfig,
  run: (statement: Sent, query: () => Promise<unknown>) => Promise<unknown> = (_, query) => query(),
): Watched {
  const sent: Sent[] = [];
  const seen = { most: 0 };
  let underWay = 0;
  const pool = new Pool(config).on("error", () => {});
  onTestFinished(() => pool.end());
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (statement: Sent) => Promise<unknown>;
    Object.assign(client, {
      async query(statement: Sent) {
        if (statement.values === undefined) return query(statement);
        sent.push(statement);
        underWay += 1;
        seen.most = Math.max(seen.most, underWay);
        try {
          return await run(statement, () => query(statement));
        } finally {
          underWay -= 1;
        }
      },
    });
  });
  return { pool, sent, seen };
}
