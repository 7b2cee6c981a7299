import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  type Attempt,
  createTestSender,
  type DeliveryInProgress,
  type DeliveryReport,
  eventFixture,
  type TestSender,
} from "@mintfax-webhooks/testing";
import { type Entry, readLedger } from "../ledger.ts";
import type { Random } from "../random.ts";
import { marked, type Point } from "../receiver/points.ts";
import type { Plant, ReceiverSettings, StoreKind } from "../receiver/settings.ts";
import { ATTEMPT_TIMEOUT_MS, nowMs, sleep, TIME_SCALE } from "../terms.ts";
import { FrontDoor } from "./front-door.ts";
import { type OnAsk, ReceiverProcess } from "./receiver-process.ts";
import { Record } from "./record.ts";
import { StoreLink } from "./store-link.ts";
import { onPostgres, type StoreServer } from "./store-server.ts";

/** Of all events, how many get a "Retry now" right behind their first attempt: copies that arrive at the same time. */
const COPIED = 0.1;
const COPY_WITHIN_MS = 40;
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
}

/** A receiver and its way to the store. */
export interface Actor {
  readonly process: ReceiverProcess;
  readonly link: StoreLink | undefined;
}

export interface Load {
  readonly count: number;
  readonly perSecond: number;
  /** Attempts under way from which on no event is added: a machine that is too slow gets longer, not more. */
  readonly atOnce?: number;
  /** Which events stop and ask, and where. */
  readonly mark?: (index: number) => Point | undefined;
}

/** One row of the table while it is played: receivers, sender, and the record of what was done to them. */
export class Scene {
  readonly doings: Record = new Record();
  /** What was not as the row needs it. */
  readonly problems: string[] = [];
  readonly actors: Actor[] = [];
  readonly deliveries: DeliveryInProgress[] = [];
  readonly attempts: Set<Attempt> = new Set();
  onAsk: OnAsk = () => "go";
  readonly #setting: Setting;
  readonly #secret = `whsec_${randomBytes(24).toString("base64")}`;
  readonly #copies: Promise<unknown>[] = [];
  readonly #reports: DeliveryReport[] = [];
  #casting: Casting = {};
  #closing = false;
  #underWay = 0;

  static async open(setting: Setting): Promise<Scene> {
    return new Scene(setting, await FrontDoor.open());
  }

  readonly door: FrontDoor;

  private constructor(setting: Setting, door: FrontDoor) {
    this.#setting = setting;
    this.door = door;
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

  get key(): string {
    return this.#setting.key;
  }

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
    const { workMs = 10, heedsFence = false, linked = false } = this.#casting;
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

  /** Sends events at a steady pace. Resolves when the last one has been started. */
  async load({ count, perSecond, atOnce = 40, mark = () => undefined }: Load): Promise<void> {
    const sender = this.#sender(urlOf(this.door.port));
    let dueMs = nowMs();
    for (let index = 0; index < count; index += 1) {
      const aheadMs = dueMs - nowMs();
      if (aheadMs > 1) await sleep(aheadMs);
      while (this.#underWay >= atOnce) await sleep(5);
      dueMs = Math.max(dueMs, nowMs() - 50) + 1_000 / perSecond;
      const point = mark(index);
      const id = `evt_${this.key}_${index}`;
      this.#start(sender, point === undefined ? id : marked(id, point));
    }
  }

  #sender(url: string): TestSender {
    const to = async (request: Request): Promise<Response> => {
      const { method, headers, signal } = request;
      const body = await request.arrayBuffer();
      this.#underWay += 1;
      try {
        return await fetch(url, { method, headers, body, redirect: "manual", signal });
      } finally {
        this.#underWay -= 1;
      }
    };
    return createTestSender({
      secret: this.#secret,
      to,
      timeScale: TIME_SCALE,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    });
  }

  #start(sender: TestSender, id: string): void {
    const delivery = sender.start(eventFixture("fax.delivered", { id }));
    this.deliveries.push(delivery);
    if (this.random() >= COPIED) return;
    const copy = sleep(this.random() * COPY_WITHIN_MS).then(() => delivery.retryNow());
    this.#copies.push(copy.then((attempt) => this.attempts.add(attempt)));
  }

  /** Copies of one event, straight to the receivers in turn, all at once. */
  async copies(count: number): Promise<DeliveryReport> {
    const senders = this.actors.map(({ process }) => this.#sender(urlOf(process.port)));
    const id = `evt_${this.key}_0`;
    const event = eventFixture("fax.delivered", { id });
    const attempts = await Promise.all(
      Array.from({ length: count }, (_, index) => {
        return (senders[index % senders.length] as TestSender).attempt(event);
      }),
    );
    const report = { id, accepted: attempts.some(({ status }) => status === 200), attempts };
    this.#reports.push(report);
    return report;
  }

  /** Waits until the schedules of all events are over. */
  async over(): Promise<readonly DeliveryReport[]> {
    const reports = [...this.#reports, ...(await Promise.all(this.deliveries.map(({ done }) => done)))];
    for (const attempt of reports.flatMap(({ attempts }) => attempts)) this.attempts.add(attempt);
    await Promise.all(this.#copies);
    return reports;
  }

  /** Ends whatever is left of it. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.actors.map((actor) => this.dismiss(actor)));
    this.door.close();
  }

  get #ledger(): string {
    return join(this.#setting.folder, `${this.key}.jsonl`);
  }

  ledger(): Entry[] {
    return readLedger(this.#ledger);
  }

  /** Waits for something that the row depends on. */
  async until(what: string, holds: () => boolean, timeoutMs: number): Promise<void> {
    const endMs = nowMs() + timeoutMs;
    while (!holds()) {
      if (nowMs() > endMs) {
        this.problems.push(`waited in vain: ${what}`);
        return;
      }
      await sleep(20);
    }
  }

  #left(actor: Actor, how: number | NodeJS.Signals): void {
    this.actors.splice(this.actors.indexOf(actor), 1);
    this.door.remove(actor.process.port);
    actor.link?.close();
    if (how === "SIGKILL") this.doings.deaths.set(actor.process.pid, nowMs());
    else if (how !== 0) this.problems.push(`a receiver ended with ${how}`);
    // Whatever runs servers starts one that was killed anew.
    if (how === "SIGKILL" && !this.#closing) {
      this.enter().catch((error) => this.problems.push(String(error)));
    }
  }

  /** In same-transaction mode, the effects that were committed. */
  async rows(): Promise<string[] | undefined> {
    if (this.kind !== "postgres tx") return undefined;
    return onPostgres(this.server.url, async (pool) => {
      const { rows } = await pool.query<{ id: string }>("SELECT id FROM effects WHERE starts_with(id, $1)", [
        `evt_${this.key}_`,
      ]);
      return rows.map(({ id }) => id);
    });
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/webhooks/mintfax`;
}
