import { isUnknownScript, type ScriptRunner } from "./client.ts";
import type { Settings } from "./options.ts";
import type { Answered, Wait } from "./replication.ts";
import type { Script } from "./scripts.ts";

/** Calls scripts of any server, and waits for replicas if the settings say so. */
export class ScriptCalls {
  readonly #scripts: ScriptRunner;
  readonly #wait: Wait | undefined;
  readonly #settings: Settings;

  constructor(scripts: ScriptRunner, wait: Wait | undefined, settings: Settings) {
    this.#scripts = scripts;
    this.#wait = wait;
    this.#settings = settings;
  }

  /** Rejects with what the client rejects with. */
  call(script: Script, keys: readonly string[], args: readonly string[]): Promise<Answered> {
    return this.#confirmed(() => this.#scripts.byName(script, keys, args)).catch((error) => {
      // Only this error shows that the script did not run. After any other error it may have run, so the store does not repeat it.
      if (!isUnknownScript(error)) throw error;
      return this.#confirmed(() => this.#scripts.byText(script, keys, args));
    });
  }

  /** Sends `WAIT` right behind the script, so that both go over the same connection, in the same round trip. */
  async #confirmed(send: () => Promise<unknown>): Promise<Answered> {
    if (this.#wait === undefined) return { answer: await send(), doubt: undefined };
    const { waitReplicas, waitTimeoutMs } = this.#settings;
    return await this.#wait(send(), waitReplicas, waitTimeoutMs);
  }
}
