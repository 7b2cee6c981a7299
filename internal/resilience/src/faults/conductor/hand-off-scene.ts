import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine, EngineTables, Held } from "../hand-off/engine.ts";
import { engineOf } from "../hand-off/engines.ts";
import type { EngineKind, EnginePlace, HandOffSettings } from "../hand-off/settings.ts";
import { type Entry, readLedger } from "../ledger.ts";
import { FrontDoor } from "./front-door.ts";
import { type Actor, type Setting, Stage } from "./stage.ts";
import { onPostgres } from "./store-server.ts";

/** The longest wait is graphile-worker's for a worker that was killed: 90 s, and its retries after that. */
const DRAIN_LIMIT_MS = 400_000;

/** How a row wants its workers. */
interface Work {
  readonly workMs?: number;
  readonly heedsFence?: boolean;
}

/** Web processes that hand events off to an engine, and worker processes. */
export class HandOffScene extends Stage<EngineKind> {
  readonly workers: Actor[] = [];
  readonly #tables: EngineTables;
  #work: Work = {};
  #isClosed = false;

  static async open(setting: Setting<EngineKind>): Promise<HandOffScene> {
    return new HandOffScene(setting, await FrontDoor.open(), await engineOf(setting.kind));
  }

  protected constructor(setting: Setting<EngineKind>, door: FrontDoor, engine: Engine) {
    super(setting, door);
    this.#tables = engine.tables(this.#place);
  }

  async cast(webs: number, workers: number, work: Work = {}): Promise<void> {
    this.#work = work;
    await this.#tables.prepare();
    await Promise.all([
      ...Array.from({ length: webs }, () => this.enterWeb()),
      ...Array.from({ length: workers }, () => this.enterWorker()),
    ]);
  }

  enterWeb(): Promise<Actor> {
    return this.start("web", this.#settings(this.#intakeFile), () => this.enterWeb());
  }

  async enterWorker(): Promise<Actor> {
    const actor = await this.start("worker", this.#settings(this.ledgerFile), () => this.enterWorker());
    this.workers.push(actor);
    void actor.process.ended.then(() => this.workers.splice(this.workers.indexOf(actor), 1));
    return actor;
  }

  get webs(): Actor[] {
    return this.actors.filter((actor) => !this.workers.includes(actor));
  }

  /** Waits until the engine has nothing left to work on. */
  async drained(): Promise<void> {
    let held: Held = { live: 1, parked: 0 };
    const isEmpty = async (): Promise<boolean> => {
      held = await this.#tables.held().catch(() => held);
      return held.live === 0;
    };
    await this.until("the engine has no job left", isEmpty, DRAIN_LIMIT_MS, 500);
    if (held.parked > 0) this.problems.push(`${held.parked} events were parked`);
  }

  override async close(): Promise<void> {
    await super.close();
    if (!this.#isClosed) await this.#tables.close();
    this.#isClosed = true;
  }

  /** Of the web processes: what they had the engine store. */
  intake(): Entry[] {
    return existsSync(this.#intakeFile) ? readLedger(this.#intakeFile) : [];
  }

  /** In PostgreSQL: the ids of committed rows, of effects or of stored jobs. */
  async rowsOf(table: "effects" | "enqueued"): Promise<string[] | undefined> {
    if (this.kind === "bullmq") return undefined;
    return onPostgres(this.server.url, async (pool) => {
      const query = `SELECT id FROM ${table} WHERE starts_with(id, $1)`;
      const { rows } = await pool.query<{ id: string }>(query, [this.ids]);
      return rows.map(({ id }) => id);
    });
  }

  get #intakeFile(): string {
    return join(this.setting.folder, `${this.key}.intake.jsonl`);
  }

  get #place(): EnginePlace {
    return { engine: this.kind, url: this.server.url, name: `row_${this.key.replace("-", "_")}` };
  }

  #settings(ledger: string): HandOffSettings {
    const { workMs = 10, heedsFence = false } = this.#work;
    const { secret, setting } = this;
    return { ...this.#place, secret, ledger, workMs, heedsFence, plant: setting.plant };
  }
}
