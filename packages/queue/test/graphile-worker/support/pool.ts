import { Pool } from "pg";

/** Connections of it may break: that ends no process. */
export function poolOn(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 20 });
  return pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
}
