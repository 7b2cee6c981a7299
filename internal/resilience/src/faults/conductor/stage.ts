import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Random } from "test-support/random";
import { type Entry, readLedger } from "../ledger.ts";
import type { Plant } from "../receiver/settings.ts";
import { nowMs, sleep } from "../terms.ts";
import { Doings } from "./doings.ts";
import type { FrontDoor } from "./front-door.ts";
import { type OnAsk, type Program, ReceiverProcess } from "./receiver-process.ts";
import type { StoreLink } from "./store-link.ts";
import type { StoreServer } from "./store-server.ts";
import { type Load, Traffic } from "./traffic.ts";

/** To end what hangs: a busy machine takes long. */
const STOP_TIMEOUT_MS = 60_000;
/** A process manager waits too before it starts what has ended at once. */
const START_PAUSE_MS = 500;

/** What a row is set in. */
export interface Setting<Kind> {
  /** Tells this row's events, connections and files from all others. */
  readonly key: string;
  readonly kind: Kind;
  /** None for memory. */
  readonly server: StoreServer | undefined;
  readonly short: boolean;
  readonly random: Random;
  readonly plant: Plant | undefined;
  readonly folder: string;
}

/** A process and its way to the store. */
export interface Actor {
  readonly process: ReceiverProcess;
  readonly program: Program;
  readonly link: StoreLink | undefined;
}

/** One row of the table while it is played: processes, what is sent to them, and what was done to them. */
export abstract class Stage<Kind> {
  readonly doings: Doings = new Doings();
  readonly traffic: Traffic;
  readonly door: FrontDoor;
  readonly actors: Actor[] = [];
  /** What was not as the row needs it. */
  readonly problems: string[] = [];
  onAsk: OnAsk = () => "go";
  /** How many processes ended by themselves; undefined where none may. */
  crashes: number | undefined;
  protected readonly setting: Setting<Kind>;
  protected readonly secret: string = `whsec_${randomBytes(24).toString("base64")}`;
  /** Processes that take the place of killed ones; some may still be starting. */
  readonly #replacements: Promise<unknown>[] = [];
  /** When processes were told to end themselves. */
  readonly #condemned = new Map<number, number>();
  #closing = false;

  protected constructor(setting: Setting<Kind>, door: FrontDoor) {
    this.setting = setting;
    this.door = door;
    this.traffic = new Traffic(this.secret, this.ids, setting.random);
  }

  get key(): string {
    return this.setting.key;
  }

  get kind(): Kind {
    return this.setting.kind;
  }

  get random(): Random {
    return this.setting.random;
  }

  get server(): StoreServer {
    const { server } = this.setting;
    if (server === undefined) throw new Error("memory has no server");
    return server;
  }

  /** How much of something there is in the full form, and in the short one. */
  size(full: number, short: number): number {
    return this.setting.short ? short : full;
  }

  /** SIGTERM, as in a deployment: it finishes what it has begun. */
  async dismiss({ process, program }: Actor): Promise<void> {
    const impatience = setTimeout(() => process.signal("SIGKILL"), STOP_TIMEOUT_MS);
    process.signal("SIGTERM");
    const how = await process.ended;
    clearTimeout(impatience);
    if (how !== 0) this.problems.push(`told to stop, a ${program} ended with ${how}`);
  }

  /** Sends events to whichever receiver takes them. */
  load(load: Load): Promise<void> {
    return this.traffic.load(this.door.port, load);
  }

  /** Waits for something that the row depends on. */
  async until(
    what: string,
    holds: () => boolean | Promise<boolean>,
    timeoutMs: number,
    everyMs = 20,
  ): Promise<void> {
    const endMs = nowMs() + timeoutMs;
    while (!(await holds())) {
      if (nowMs() > endMs) {
        this.problems.push(`waited in vain: ${what}`);
        return;
      }
      await sleep(everyMs);
    }
  }

  /** Of the handlers that have the effect. */
  ledger(): Entry[] {
    return readLedger(this.ledgerFile);
  }

  /** Ends what is left of it. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#replacements);
    await Promise.all(this.actors.map((actor) => this.dismiss(actor)));
    this.door.close();
  }

  /** @param again starts another one in its place, once it has been killed */
  protected async start(
    program: Program,
    settings: { readonly ledger: string },
    again: () => Promise<unknown>,
    link?: StoreLink,
  ): Promise<Actor> {
    const process = await ReceiverProcess.start(program, settings, async (...asked) => {
      const deed = await this.onAsk(...asked);
      if (deed === "die") this.#condemned.set(asked[0].pid, nowMs());
      return deed;
    });
    const actor = { process, program, link };
    this.actors.push(actor);
    if (program !== "worker") this.door.add(process.port);
    void process.ended.then((how) => this.#left(actor, how, again));
    return actor;
  }

  protected get ledgerFile(): string {
    return join(this.setting.folder, `${this.key}.jsonl`);
  }

  protected get ids(): string {
    return `evt_${this.key}_`;
  }

  #left(actor: Actor, how: number | NodeJS.Signals, again: () => Promise<unknown>): void {
    this.actors.splice(this.actors.indexOf(actor), 1);
    this.door.remove(actor.process.port);
    actor.link?.close();
    if (how === 0) return;
    const { pid } = actor.process;
    // A busy machine may take seconds to end a process that does nothing any more.
    if (how === "SIGKILL") this.doings.deaths.set(pid, this.#condemned.get(pid) ?? nowMs());
    else if (this.crashes !== undefined) {
      this.crashes += 1;
      this.doings.deaths.set(pid, nowMs());
    } else this.problems.push(`a ${actor.program} ended with ${how}`);
    // As a process manager does: one that was killed is started again.
    if (!this.#closing) this.#replacements.push(this.#replace(again));
  }

  /** Starts a program until it listens, so that a row that has broken still ends. One that may end in an outage may do so here. */
  async #replace(again: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await again();
        return;
      } catch (error) {
        const problem = String(error);
        if (this.crashes === undefined && !this.problems.includes(problem)) this.problems.push(problem);
        if (this.#closing) return;
        await sleep(START_PAUSE_MS);
      }
    }
  }
}
