import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Attempt } from "@mintfax-webhooks/testing";
import type { Random } from "test-support/random";
import { type Entry, readLedger } from "../ledger.ts";
import type { Point } from "../receiver/points.ts";
import type { Plant, ReceiverSettings, StoreKind } from "../receiver/settings.ts";
import { nowMs, sleep } from "../terms.ts";
import { Doings } from "./doings.ts";
import { FrontDoor } from "./front-door.ts";
import { type OnAsk, ReceiverProcess } from "./receiver-process.ts";
import { StoreLink } from "./store-link.ts";
import { onPostgres, type StoreServer } from "./store-server.ts";
import { type Load, Traffic } from "./traffic.ts";

const STOP_TIMEOUT_MS = 20_000;

/** What a scene is set in. */
export interface Setting {
  /** Tells this row's events, connections and files from all others. */
  readonly key: string;
  readonly kind: StoreKind;
  /** None for memory. */
  readonly server: StoreServer | undefined;
  readonly short: boolean;
  readonly random: Random;
  readonly plant: Plant | undefined;
  readonly folder: string;
}

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

/** A receiver and its way to the store. */
export interface Actor {
  readonly process: ReceiverProcess;
  readonly link: StoreLink | undefined;
}

/** One row of the table while it is played: receivers, what is sent to them, and what was done to them. */
export class Scene {
  readonly doings: Doings = new Doings();
  readonly traffic: Traffic;
  readonly door: FrontDoor;
  readonly actors: Actor[] = [];
  /** What was not as the row needs it. */
  readonly problems: string[] = [];
  onAsk: OnAsk = () => "go";
  readonly #setting: Setting;
  readonly #secret = `whsec_${randomBytes(24).toString("base64")}`;
  #casting: Casting = {};
  /** Receivers that take the place of killed ones; some may still be starting. */
  readonly #replacements: Promise<unknown>[] = [];
  #closing = false;

  static async open(setting: Setting): Promise<Scene> {
    return new Scene(setting, await FrontDoor.open());
  }

  private constructor(setting: Setting, door: FrontDoor) {
    this.#setting = setting;
    this.door = door;
    this.traffic = new Traffic(this.#secret, this.#ids, setting.random);
  }

  get key(): string {
    return this.#setting.key;
  }

  get kind(): StoreKind {
    return this.#setting.kind;
  }

  get random(): Random {
    return this.#setting.random;
  }

  get server(): StoreServer {
    const { server } = this.#setting;
    if (server === undefined) throw new Error("memory has no server");
    return server;
  }

  /** How much of something there is in the full form, and in the short one. */
  size(full: number, short: number): number {
    return this.#setting.short ? short : full;
  }

  async cast(count: number, casting: Casting = {}): Promise<void> {
    this.#casting = casting;
    await Promise.all(Array.from({ length: count }, () => this.enter()));
  }

  /** One more receiver. */
  async enter(): Promise<Actor> {
    const { kind, server, plant } = this.#setting;
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
      secret: this.#secret,
      store: kind,
      url,
      sentinels: server?.sentinel?.sentinels ?? [],
      waitReplicas,
      migrates,
      name: this.key,
      ledger: this.#ledger,
      workMs,
      heedsFence,
      plant,
    };
    const process = await ReceiverProcess.start(settings, (...asked) => this.onAsk(...asked));
    const actor = { process, link };
    this.actors.push(actor);
    this.door.add(process.port);
    void process.ended.then((how) => this.#left(actor, how));
    return actor;
  }

  /** SIGTERM, as in a deployment: it finishes what it has begun. */
  async dismiss({ process }: Actor): Promise<void> {
    const impatience = setTimeout(() => process.signal("SIGKILL"), STOP_TIMEOUT_MS);
    process.signal("SIGTERM");
    const how = await process.ended;
    clearTimeout(impatience);
    if (how !== 0) this.problems.push(`told to stop, a receiver ended with ${how}`);
  }

  /** Sends events to whichever receiver takes them. */
  load(load: Load): Promise<void> {
    return this.traffic.load(this.door.port, load);
  }

  /** Sends one event many times over, to all receivers at once. */
  copies(count: number, point: Point): Promise<Attempt[]> {
    const ports = this.actors.map(({ process }) => process.port);
    return this.traffic.copies(ports, count, point);
  }

  /** Waits for something that the row depends on. */
  async until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
    const endMs = nowMs() + timeoutMs;
    while (!(await holds())) {
      if (nowMs() > endMs) {
        this.problems.push(`waited in vain: ${what}`);
        return;
      }
      await sleep(20);
    }
  }

  /** Whether an event was completed after that moment, by {@link nowMs}. */
  hasCompletedSince(ms: number): boolean {
    return this.ledger().some(
      ({ what, settle, result, at }) =>
        what === "settled" && settle === "complete" && result === "ok" && at > ms,
    );
  }

  ledger(): Entry[] {
    return readLedger(this.#ledger);
  }

  /** In same-transaction mode: of which events there are effects, one by one as they were committed. */
  async rows(): Promise<string[] | undefined> {
    if (this.kind !== "postgres tx") return undefined;
    return onPostgres(this.server.url, async (pool) => {
      const query = "SELECT id FROM effects WHERE starts_with(id, $1)";
      const { rows } = await pool.query<{ id: string }>(query, [this.#ids]);
      return rows.map(({ id }) => id);
    });
  }

  /** Ends what is left of it. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#replacements);
    await Promise.all(this.actors.map((actor) => this.dismiss(actor)));
    this.door.close();
  }

  get #ledger(): string {
    return join(this.#setting.folder, `${this.key}.jsonl`);
  }

  get #ids(): string {
    return `evt_${this.key}_`;
  }

  #left(actor: Actor, how: number | NodeJS.Signals): void {
    this.actors.splice(this.actors.indexOf(actor), 1);
    this.door.remove(actor.process.port);
    actor.link?.close();
    if (how === "SIGKILL") this.doings.deaths.set(actor.process.pid, nowMs());
    else if (how !== 0) this.problems.push(`a receiver ended with ${how}`);
    // As a process manager does: one that was killed is started again.
    if (how === "SIGKILL" && !this.#closing) {
      this.#replacements.push(this.enter().catch((error) => this.problems.push(String(error))));
    }
  }
}
