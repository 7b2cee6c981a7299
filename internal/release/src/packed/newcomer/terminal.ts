import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isListening } from "test-support/is-listening";
import { run } from "../run.ts";

/** To end what hangs. */
const OUTPUT_LIMIT_MS = 60_000;

/** A newcomer's terminals: commands are typed as they stand, and one may be left running. */
export class Terminal {
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;
  #server: ChildProcess | undefined;
  #serverSaid = "";

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.#cwd = cwd;
    this.#env = env;
  }

  /** Types a command and waits for its end. Rejects where it fails. */
  type(command: string): Promise<string> {
    return run("sh", ["-c", command], { cwd: this.#cwd, env: this.#env });
  }

  /** Types a command that does not end. Resolves once it takes connections on the port. */
  async leaveRunning(command: string, port: number): Promise<void> {
    // A group of its own: `npx` starts the program as a child, which is stopped with it.
    const child = spawn("sh", ["-c", command], { cwd: this.#cwd, env: this.#env, detached: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        this.#serverSaid += chunk;
        child.emit("said");
      });
    }
    this.#server = child;
    const signal = AbortSignal.timeout(OUTPUT_LIMIT_MS);
    while (!(await isListening(port))) {
      if (hasEnded(child) || signal.aborted)
        throw new Error(`the server does not listen: ${this.#serverSaid}`);
      await sleep(50);
    }
  }

  /** Waits until what runs has printed this, after the text that was waited for before. */
  async serverPrints(expected: RegExp): Promise<void> {
    const signal = AbortSignal.timeout(OUTPUT_LIMIT_MS);
    for (;;) {
      const found = expected.exec(this.#serverSaid);
      if (found !== null) {
        this.#serverSaid = this.#serverSaid.slice(found.index + found[0].length);
        return;
      }
      if (this.#server === undefined || hasEnded(this.#server) || signal.aborted) {
        throw new Error(`the server did not print ${expected}, but: ${this.#serverSaid}`);
      }
      await once(this.#server, "said", { signal }).catch(() => {});
    }
  }

  /** What it has printed since. */
  get unexpected(): string {
    return this.#serverSaid;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server?.pid === undefined || hasEnded(server)) return;
    const closed = once(server, "close");
    process.kill(-server.pid);
    await closed;
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
