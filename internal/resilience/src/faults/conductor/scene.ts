import type { Attempt } from "@mintfax-webhooks/testing";
import type { Point } from "../receiver/points.ts";
import type { ReceiverSettings, StoreKind } from "../receiver/settings.ts";
import { FrontDoor } from "./front-door.ts";
import { type Actor, type Setting, Stage } from "./stage.ts";
import { StoreLink } from "./store-link.ts";
import { onMysql, onPostgres } from "./store-server.ts";

/** How a row wants its receivers. */
export interface Casting {
  readonly workMs?: number;
  readonly heedsFence?: boolean;
  /** With a link of its own between each receiver and the store. */
  readonly linked?: boolean;
  /** With PostgreSQL: each receiver calls `store.migrate()` before it listens. */
  readonly migrates?: boolean;
  /** With Redis: how many replicas confirm each change. */
  readonly waitReplicas?: number;
}

/** Receivers whose handlers work on events themselves. */
export class Scene extends Stage<StoreKind> {
  #casting: Casting = {};

  static async open(setting: Setting<StoreKind>): Promise<Scene> {
    return new Scene(setting, await FrontDoor.open());
  }

  async cast(count: number, casting: Casting = {}): Promise<void> {
    this.#casting = casting;
    await Promise.all(Array.from({ length: count }, () => this.enter()));
  }

  /** One more receiver. */
  async enter(): Promise<Actor> {
    const { kind, server, plant } = this.setting;
    const {
      workMs = 10,
      heedsFence = false,
      linked = false,
      migrates = false,
      waitReplicas = 0,
    } = this.#casting;
    let url = server?.url ?? "";
    let link: StoreLink | undefined;
    if (linked) {
      const direct = new URL(url);
      link = await StoreLink.open(Number(direct.port));
      direct.port = String(link.port);
      url = direct.href;
    }
    const settings: ReceiverSettings = {
      secret: this.secret,
      store: kind,
      url,
      sentinels: server?.sentinel?.sentinels ?? [],
      waitReplicas,
      migrates,
      name: this.key,
      ledger: this.ledgerFile,
      workMs,
      heedsFence,
      plant,
    };
    return this.start("receiver", settings, () => this.enter(), link);
  }

  /** Sends one event many times over, to all receivers at once. */
  copies(count: number, point: Point): Promise<Attempt[]> {
    const ports = this.actors.map(({ process }) => process.port);
    return this.traffic.copies(ports, count, point);
  }

  /** Whether an event was completed after that moment, by {@link nowMs}. */
  hasCompletedSince(ms: number): boolean {
    return this.ledger().some(
      ({ what, settle, result, at }) =>
        what === "settled" && settle === "complete" && result === "ok" && at > ms,
    );
  }

  /** In same-transaction mode: of which events there are effects, one by one as they were committed. */
  async rows(): Promise<string[] | undefined> {
    if (this.kind === "mysql tx") {
      return onMysql(this.server.url, async (pool) => {
        const query = "SELECT id FROM effects WHERE LEFT(id, ?) = ?";
        const [rows] = await pool.query(query, [this.ids.length, this.ids]);
        return (rows as { id: string }[]).map(({ id }) => id);
      });
    }
    if (this.kind !== "postgres tx") return undefined;
    return onPostgres(this.server.url, async (pool) => {
      const query = "SELECT id FROM effects WHERE starts_with(id, $1)";
      const { rows } = await pool.query<{ id: string }>(query, [this.ids]);
      return rows.map(({ id }) => id);
    });
  }
}
