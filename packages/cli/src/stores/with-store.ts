import { connectionErrorText } from "../output/connection-error.ts";
import { UsageError } from "../usage-error.ts";
import type { StoreAddress } from "./address.ts";
import type { OpenStore } from "./open-store.ts";

/** @throws {UsageError} where the store cannot be used; it holds neither the URL nor a part of it that is secret */
export async function withStore<T>(address: StoreAddress, use: (open: OpenStore) => Promise<T>): Promise<T> {
  let open: OpenStore | undefined;
  try {
    open = await openStore(address);
    return await use(open);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const url = address.kind === "sqlite" ? "" : address.url;
    throw new UsageError(connectionErrorText(error, url, SERVERS[address.kind]));
  } finally {
    // What it was to do is done, or has failed.
    await Promise.resolve(open?.close()).catch(() => {});
  }
}

/** For people. */
export const SERVERS = { mysql: "MySQL", postgres: "PostgreSQL", redis: "Redis", sqlite: "SQLite" } as const;

/** The other commands start without the stores. */
async function openStore(address: StoreAddress): Promise<OpenStore> {
  switch (address.kind) {
    case "postgres":
      return (await import("./postgres.ts")).openPostgresStore(address);
    case "mysql":
      return (await import("./mysql.ts")).openMysqlStore(address);
    case "redis":
      return (await import("./redis.ts")).openRedisStore(address);
    case "sqlite":
      return (await import("./sqlite.ts")).openSqliteStore(address);
  }
}
