import { escapeLiteral, type Pool, type PoolClient, type QueryConfig, type QueryResult } from "pg";

/** A statement as it was sent, and what came back. */
export interface Query {
  readonly config: QueryConfig;
  rows: readonly unknown[];
}

/** Anything that runs statements. */
type Runs = Pick<Pool | PoolClient, "query">;

/** A pool that notes what is sent through it and through its clients. */
export function recording(pool: Pool, queries: Query[]): Pool {
  const clients = new WeakMap<PoolClient, PoolClient>();
  return new Proxy(pool, {
    get(target, name) {
      if (name === "query") return note(target, queries);
      if (name === "connect") return connect(target, queries, clients);
      return bound(target, name);
    },
  });
}

type Connected = (error: Error | undefined, client: PoolClient | undefined) => void;

/** By callback alone, as the store calls it. */
function connect(
  pool: Pool,
  queries: Query[],
  clients: WeakMap<PoolClient, PoolClient>,
): (connected: Connected) => void {
  return (connected) =>
    pool.connect((error, client) => {
      if (client === undefined) return connected(error, undefined);
      // The same one every time: the store asks each client that it does not know what it is like.
      const known = clients.get(client) ?? recordingClient(client, queries);
      clients.set(client, known);
      connected(error, known);
    });
}

function recordingClient(client: PoolClient, queries: Query[]): PoolClient {
  return new Proxy(client, {
    get: (target, name) => (name === "query" ? note(target, queries) : bound(target, name)),
  });
}

function note(target: Runs, queries: Query[]): (config: QueryConfig | string) => Promise<QueryResult> {
  return async (config) => {
    const query: Query = { config: typeof config === "string" ? { text: config } : { ...config }, rows: [] };
    queries.push(query);
    // An array where one message had several statements.
    const result: QueryResult | QueryResult[] = await (target as Pool).query(config as QueryConfig);
    query.rows = rowsOf(result);
    return result as QueryResult;
  };
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown;
  return typeof value === "function" ? value.bind(target) : value;
}

/** The same statements in the same order, for another id and with the fence that its claim is given. */
export function playAgain(queries: readonly Query[], id: string, newId: string): (on: Runs) => Promise<void> {
  const fence = queries.map(({ rows }) => fenceIn(rows)).find((found) => found !== undefined);
  return async (on) => {
    let newFence: unknown;
    for (const { config } of queries) {
      const values = config.values?.map((value) =>
        value === id ? newId : value === fence ? newFence : value,
      );
      const text = config.text
        .replaceAll(`'${id}'`, escapeLiteral(newId))
        .replaceAll(`'${fence}'`, escapeLiteral(String(newFence)));
      const result: QueryResult | QueryResult[] = await (on as Pool).query({
        ...config,
        text,
        ...(values && { values }),
      });
      newFence ??= fenceIn(rowsOf(result));
    }
    if (newFence === undefined) throw new Error("nothing was claimed");
  };
}

function rowsOf(result: QueryResult | readonly QueryResult[]): readonly unknown[] {
  return "rows" in result ? result.rows : result.flatMap(({ rows }) => rows);
}

function fenceIn(rows: readonly unknown[]): unknown {
  return (rows[0] as { fence?: unknown } | undefined)?.fence ?? undefined;
}
