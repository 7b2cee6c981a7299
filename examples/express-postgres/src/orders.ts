import { eventOrder, type Fax, type FaxEvent, type UnknownEvent } from "@mintfax-webhooks/express";
import type { Pool, PoolClient } from "pg";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (
    number text PRIMARY KEY,
    fax text UNIQUE,
    status text NOT NULL DEFAULT 'new',
    event_order bigint NOT NULL DEFAULT 0,
    pages int,
    error_code text,
    updates int NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS top_ups (ordered timestamptz NOT NULL DEFAULT now());
`;

/** The clinic's outgoing faxes by order number. What a handler does goes through the transaction that it was given. */
export class Orders {
  readonly #pool: Pool;

  static async open(pool: Pool): Promise<Orders> {
    await pool.query(SCHEMA);
    return new Orders(pool);
  }

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  async add(number: string): Promise<void> {
    await this.#pool.query("INSERT INTO orders (number) VALUES ($1) ON CONFLICT DO NOTHING", [number]);
  }

  /** The order's fax was sent. @param also what else to write in the same transaction */
  async faxed(number: string, fax: string, also: (tx: PoolClient) => Promise<void>): Promise<void> {
    const tx = await this.#pool.connect();
    try {
      await tx.query("BEGIN");
      await tx.query("UPDATE orders SET fax = $2 WHERE number = $1", [number, fax]);
      await also(tx);
      await tx.query("COMMIT");
      tx.release();
    } catch (error) {
      // Closed: the server rolls back.
      tx.release(true);
      throw error;
    }
  }

  /** The fax has ended, as mintfax's API says, and its event has not come. */
  async end(fax: string, status: "delivered" | "failed"): Promise<void> {
    await this.#pool.query(
      "UPDATE orders SET status = $2 WHERE fax = $1 AND status NOT IN ('delivered', 'failed')",
      [fax, status],
    );
  }

  async follow(tx: PoolClient, event: FaxEvent | UnknownEvent<Fax>): Promise<void> {
    const fax = event.data.object;
    const counted = await tx.query("UPDATE orders SET updates = updates + 1 WHERE number = $1", [
      fax.tags.order,
    ]);
    // An event may arrive before the order is stored. Throwing makes mintfax deliver it again later.
    if (counted.rowCount === 0) throw new Error("this fax belongs to no order yet");
    // Events may arrive out of order: a later one's status stays.
    await tx.query(
      `UPDATE orders SET status = $2, event_order = $3, pages = $4, error_code = $5
       WHERE number = $1 AND event_order <= $3`,
      [fax.tags.order, fax.status, eventOrder(event), fax.pages, fax.error_code],
    );
  }

  /** Money: twice for one event would be a second charge. */
  async orderTopUp(tx: PoolClient): Promise<void> {
    await tx.query("INSERT INTO top_ups DEFAULT VALUES");
  }

  async overview(): Promise<{ orders: Record<string, unknown>; topUps: number }> {
    const orders = await this.#pool.query<{ number: string; order: unknown }>(
      `SELECT number, json_build_object(
         'status', status, 'pages', pages, 'errorCode', error_code, 'updates', updates) AS order FROM orders`,
    );
    const topUps = await this.#pool.query<{ count: number }>("SELECT count(*)::int AS count FROM top_ups");
    return {
      orders: Object.fromEntries(orders.rows.map(({ number, order }) => [number, order])),
      topUps: topUps.rows[0]?.count ?? 0,
    };
  }
}
