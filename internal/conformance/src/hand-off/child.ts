import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { ProcessSetup } from "./process.ts";

/** A receiver and a worker in a process of their own. */
export class Child {
  readonly origin: string;
  readonly #process: ChildProcess;

  static async start(program: string, setup: ProcessSetup): Promise<Child> {
    const child = fork(program, [JSON.stringify(setup)], { execArgv: ["--conditions=source"] });
    const exit = once(child, "exit").then(() => {
      throw new Error(`${program} ended before it was ready`);
    });
    const [origin] = (await Promise.race([once(child, "message"), exit])) as [string];
    return new Child(child, origin);
  }

  private constructor(child: ChildProcess, origin: string) {
    this.#process = child;
    this.origin = origin;
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.#ended(() => this.#process.kill("SIGKILL"));
  }

  /** Lets it finish what it has begun. */
  stop(): Promise<void> {
    return this.#ended(() => this.#process.disconnect());
  }

  async #ended(end: () => void): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, "exit");
    end();
    await exit;
  }
}
