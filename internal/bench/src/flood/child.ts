import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

/** A process of the siege: it is told things and tells things, one answer for each. */
export class Child {
  readonly #process: ChildProcess;
  readonly #said: unknown[] = [];
  #waiting: ((message: unknown) => void) | undefined;

  constructor(module: string, ...args: string[]) {
    this.#process = fork(join(import.meta.dirname, module), args, {
      // V8 lets its space for new objects grow to three times 32 MiB before it says anything: resident memory would tell
      // of that for the first minute, and of nothing else.
      execArgv: ["--conditions=source", "--expose-gc", "--max-semi-space-size=16"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#process.on("message", (message) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#said.push(message);
      else waiting(message);
    });
  }

  /** The next thing it says. Rejects if it ends instead. */
  next<T>(): Promise<T> {
    if (this.#said.length > 0) return Promise.resolve(this.#said.shift() as T);
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null): void =>
        reject(new Error(`a process ended with ${code ?? signal}`));
      this.#process.once("exit", ended);
      this.#waiting = (message) => {
        this.#process.off("exit", ended);
        resolve(message as T);
      };
    });
  }

  ask<T>(message: object): Promise<T> {
    const answer = this.next<T>();
    this.#process.send(message);
    return answer;
  }

  stop(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
