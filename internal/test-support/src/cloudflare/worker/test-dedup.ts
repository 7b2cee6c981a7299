import { DurableObject } from "cloudflare:workers";
import { MintfaxDedup } from "@mintfax-webhooks/cloudflare/durable-object";

/** What an object holds. */
export interface StorageReport {
  readonly keys: readonly string[];
  /** How long until the alarm; null where none is set. */
  readonly alarmInMs: number | null;
  readonly databaseBytes: number;
}

/** The class under test, with what only a test may do to an object. */
export class TestDedup extends MintfaxDedup {
  readonly #afterAlarm: (() => void)[] = [];

  /** Ends the object during its calls, as Cloudflare does when it moves it. Its storage stays. */
  evict(): void {
    this.ctx.abort("evicted by the test");
  }

  /** Lets hours pass: all times that it has stored move back. */
  async elapse(ms: number): Promise<void> {
    for (const [key, value] of [...this.ctx.storage.kv.list<Record<string, unknown>>()]) {
      const moved = Object.entries(value).map(([name, part]) =>
        name.endsWith("Ms") ? [name, Number(part) - ms] : [name, part],
      );
      this.ctx.storage.kv.put(key, Object.fromEntries(moved));
    }
    const alarmMs = await this.ctx.storage.getAlarm();
    if (alarmMs !== null) await this.ctx.storage.setAlarm(alarmMs - ms);
  }

  async storage(): Promise<StorageReport> {
    const alarmMs = await this.ctx.storage.getAlarm();
    return {
      keys: [...this.ctx.storage.kv.list()].map(([key]) => key),
      alarmInMs: alarmMs === null ? null : alarmMs - Date.now(),
      databaseBytes: this.ctx.storage.sql.databaseSize,
    };
  }

  /** Lets hours pass, and waits for the alarm that this sets off. */
  async elapseUntilAlarm(ms: number): Promise<void> {
    const rung = new Promise<void>((resolve) => this.#afterAlarm.push(resolve));
    await this.elapse(ms);
    await rung;
  }

  override async alarm(): Promise<void> {
    await super.alarm();
    for (const resolve of this.#afterAlarm.splice(0)) resolve();
  }
}

/** Bound as a class without SQLite. */
export class NoSqliteDedup extends MintfaxDedup {}

/** A class that the application has beside ours. */
export class OtherClass extends DurableObject {
  count(): number {
    return 1;
  }
}

/** An object that cannot even start. */
export class BrokenDedup extends MintfaxDedup {
  constructor(...args: ConstructorParameters<typeof MintfaxDedup>) {
    super(...args);
    throw new Error("broken by the test");
  }
}

/** An object that takes calls and answers none in time. */
export class SilentDedup extends MintfaxDedup {
  override claim(): Promise<never> {
    return silence();
  }
  override renew(): never {
    return silence() as never;
  }
  override complete(): never {
    return silence() as never;
  }
  override release(): never {
    return silence() as never;
  }
  override forget(): never {
    return silence() as never;
  }
  override inspect(): never {
    return silence() as never;
  }
}

/** Ends at last: workerd notices a promise that cannot settle, and answers with an error. */
function silence(): Promise<never> {
  return new Promise((_, reject) => setTimeout(reject, 60_000));
}
