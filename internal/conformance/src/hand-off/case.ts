import {
  createFetchHandler,
  type FetchHandler,
  type Forgetting,
  type LeaseStore,
  type TransactionalStore,
} from "@mintfax-webhooks/core";
import {
  createWorker,
  type HandOffOptions,
  handOff,
  type ParkedMessage,
  type Queue,
} from "@mintfax-webhooks/queue";
import { createTestSender, eventFixture, type TestSender } from "@mintfax-webhooks/testing";
import { SECRET } from "../hostile/setting.ts";
import { Child } from "./child.ts";
import type {
  EngineServer,
  HandOffEngine,
  OpenEngine,
  OpenOptions,
  RunningWorker,
  WorkerSetup,
} from "./engine.ts";
import { Ledger } from "./ledger.ts";
import { messageOf } from "./message.ts";

/** One behaviour of an engine. */
export interface HandOffCase {
  readonly name: string;
  run(engine: HandOffEngine): Promise<void>;
  /** Why an engine cannot have it; undefined where it can. */
  missing(engine: HandOffEngine): string | undefined;
}

/** What a case is given: an empty queue, and a ledger of its own. All that it starts ends with it. */
export class Setting {
  readonly engine: HandOffEngine;
  readonly open: OpenEngine;
  readonly ledger: Ledger;
  readonly #ends: (() => Promise<void>)[] = [];
  #elapsedMs = 0;

  static async make(engine: HandOffEngine, options: OpenOptions | undefined): Promise<Setting> {
    const open = await engine.open(options);
    return new Setting(engine, open, await Ledger.start());
  }

  private constructor(engine: HandOffEngine, open: OpenEngine, ledger: Ledger) {
    this.engine = engine;
    this.open = open;
    this.ledger = ledger;
  }

  /** A receiver in this process that hands every event off. */
  receiver({ queue, store, namespace, ...options }: Receiving = {}): FetchHandler {
    const webhooks = createFetchHandler({
      secret: SECRET,
      store: (store ?? this.open.store) as LeaseStore,
      ...(namespace !== undefined && { namespace }),
      onOutcome: () => {},
    });
    return webhooks.on("*", handOff(queue ?? this.open.queue, options));
  }

  /** mintfax, as that receiver knows it. */
  sender(receiving: Receiving = {}): TestSender {
    return senderTo(this.receiver(receiving));
  }

  async worker(setup: Omit<WorkerSetup, "ledger"> = {}): Promise<RunningWorker> {
    const worker = await this.open.startWorker({ ledger: this.ledger.url, ...setup });
    let stopped: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      stopped ??= worker.stop();
      return stopped;
    };
    this.#ends.push(stop);
    return { stop };
  }

  async process(setup: Omit<WorkerSetup, "ledger"> = {}): Promise<Child> {
    const { program } = this.engine as Required<HandOffEngine>;
    const worker = { ledger: this.ledger.url, ...setup };
    const child = await Child.start(program, { place: this.open.place ?? "", worker });
    this.#ends.push(() => child.stop());
    return child;
  }

  /** By how much the engine's times were moved so far. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  async elapse(ms: number): Promise<void> {
    this.#elapsedMs += ms;
    await this.open.elapse(ms);
  }

  /** Has time pass until it is so. */
  async elapseUntil(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let ticks = 0; ticks < TICKS_MAX; ticks += 1) {
      if (await isSo()) return;
      await this.elapse(TICK_MS);
      await pause();
    }
    throw new Error(`${(TICKS_MAX * TICK_MS) / 3_600_000} hours without ${what}`);
  }

  /** Has time pass between the attempts at an event, never during one, until it is parked. @param look after each attempt */
  async elapseUntilParked(id: string, look: () => Promise<void> = async () => {}): Promise<ParkedMessage> {
    for (let attempts = 1; ; attempts += 1) {
      await this.ledger.ended(id, attempts);
      await until("the engine to record the attempt", async () => !(await this.open.isAtWork()));
      await look();
      const [parked] = await this.open.parked.list();
      if (parked !== undefined) return parked;
      await this.elapse(TICK_MS);
    }
  }

  /**
   * Has what waits for a later attempt tried, and a last event worked on behind it. To be called once no handler is under way:
   * its lease would end.
   */
  async workedOff(): Promise<void> {
    // The second time is for what the worker was about to put back at the first.
    for (let rounds = 0; rounds < 2; rounds += 1) {
      await this.elapse(3_600_000);
      const last = eventFixture("fax.delivered");
      await this.open.put(messageOf(last));
      await this.ledger.ended(last.id);
    }
  }

  isProcessed(id: string): boolean {
    return this.ledger.outcomes.some((record) => record.id === id && record.outcome === "processed");
  }

  /** Resolves once an event is done. Until then its lease is not to be elapsed. */
  async processed(id: string): Promise<void> {
    await this.ledger.until(`${id} to be processed`, () => this.isProcessed(id));
  }

  /** As a person does with a worker's `forget`. */
  forget(id: string): Promise<Forgetting> {
    return createWorker({ store: this.open.store }).forget(id);
  }

  get server(): EngineServer {
    return this.engine.server as EngineServer;
  }

  withoutTables(): Promise<Pick<OpenEngine, "queue" | "close">> {
    return (this.engine as Required<HandOffEngine>).openWithoutTables();
  }

  /** What is parked, once so many messages are. */
  async parked(count = 1): Promise<ParkedMessage[]> {
    let messages: ParkedMessage[] = [];
    await until(`${count} parked messages`, async () => {
      messages = await this.open.parked.list();
      return messages.length === count;
    });
    return messages;
  }

  async end(): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()));
    await this.open.close();
    await this.ledger.stop();
  }
}

interface Receiving extends HandOffOptions {
  /** Default: the engine's. */
  readonly queue?: Queue;
  readonly store?: LeaseStore | TransactionalStore<unknown>;
  readonly namespace?: string;
}

export function senderTo(receiver: FetchHandler): TestSender {
  return createTestSender({ secret: SECRET, to: receiver, timeScale: 0 });
}

/** By how much the engine's times are moved at once: longer than any wait of the first minute. */
const TICK_MS = 600_000;
const TICKS_MAX = 300;

/** For the engine's own work, of which it has no event. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

/** Looks until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 600; looks += 1) {
    if (await isSo()) return;
    await pause();
  }
  throw new Error(`30 s without ${what}`);
}

interface Needs {
  readonly options?: OpenOptions;
  readonly needs?: (engine: HandOffEngine) => string | undefined;
}

export function handOffCase(
  name: string,
  body: (setting: Setting) => Promise<void>,
  { options, needs = () => undefined }: Needs = {},
): HandOffCase {
  return {
    name,
    missing: needs,
    async run(engine) {
      const setting = await Setting.make(engine, options);
      try {
        await body(setting);
      } finally {
        await setting.end();
      }
    },
  };
}

export const needsServer = ({ server }: HandOffEngine): string | undefined =>
  server === undefined ? "its server cannot be stopped" : undefined;

export const needsProcesses = ({ program }: HandOffEngine): string | undefined =>
  program === undefined ? "its workers are not processes of Node" : undefined;
