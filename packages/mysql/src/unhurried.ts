import { TimeLimit } from "@mintfax-webhooks/core/store";
import { explained } from "./errors.ts";
import type { Settings } from "./options.ts";
import { type MysqlConnection, withConnection } from "./pool.ts";

const LIMIT_MS = 60_000;

/** Does what no delivery waits for, so that it may take 60 s. */
export async function unhurried<T>(
  settings: Settings,
  use: (connection: MysqlConnection) => Promise<T>,
): Promise<T> {
  const limit = new TimeLimit(LIMIT_MS, "MySQL");
  try {
    return await limit.over(withConnection(settings.pool, limit, use));
  } catch (error) {
    throw explained(error, settings);
  }
}
