import { createFetchHandler, type LeaseStore, type TransactionalStore } from "@mintfax-webhooks/core";
import { type HandOffOptions, handOff, type Queue } from "@mintfax-webhooks/queue";
import { createTestSender, type TestSender } from "@mintfax-webhooks/testing";
import { SECRET } from "../hostile/setting.ts";
import { Child } from "./child.ts";
import type { HandOffEngine, OpenEngine, OpenOptions, RunningWorker, WorkerSetup } from "./engine.ts";
import { Ledger } from "./ledger.ts";

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

  static async make(engine: HandOffEngine, options: OpenOptions | undefined): Promise<Setting> {
    const open = await engine.open(options);
    return new Setting(engine, open, await Ledger.start());
  }

  private constructor(engine: HandOffEngine, open: OpenEngine, ledger: Ledger) {
    this.engine = engine;
    this.open = open;
    this.ledger = ledger;
  }

  /** A sender to a receiver in this process that hands every event off. */
  sender(options: HandOffOptions & Receiving = {}): TestSender {
    return createTestSender({ secret: SECRET, to: this.receiver(options), timeScale: 0 });
  }

  receiver(options: HandOffOptions & Receiving = {}): ReturnType<typeof createFetchHandler> {
    const { queue = this.open.queue, store = this.open.store, ...handingOff } = options;
    const webhooks = createFetchHandler<unknown>({
      secret: SECRET,
      store: store as TransactionalStore<unknown>,
      onOutcome: () => {},
    });
    return webhooks.on("*", handOff(queue, handingOff)) as ReturnType<typeof createFetchHandler>;
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
    const child = await Child.start(this.open, { ledger: this.ledger.url, ...setup });
    this.#ends.push(() => child.stop());
    return child;
  }

  async end(): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()));
    await this.open.close();
    await this.ledger.stop();
  }
}

interface Receiving {
  /** Default: the engine's. */
  readonly queue?: Queue;
  readonly store?: LeaseStore | TransactionalStore<unknown>;
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
