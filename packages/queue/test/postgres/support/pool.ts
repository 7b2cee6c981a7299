import { Pool } from "pg";

/** A pool whose connections may break: what counts is what becomes of events. */
export function poolOn(url: string, max: number = 20): Pool {
  const pool = new Pool({ connectionString: url, max });
  return pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
}
