import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
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

  leaveRunning(command: string): void {
    // So that the shell is the program, and stopping the one stops the other.
    const child = spawn("sh", ["-c", `exec ${command}`], { cwd: this.#cwd, env: this.#env });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        this.#serverSaid += chunk;
        child.emit("said");
      });
    }
    this.#server = child;
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
      if (this.#server === undefined || this.#server.exitCode !== null || signal.aborted) {
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
    if (this.#server === undefined || this.#server.exitCode !== null) return;
    const exit = once(this.#server, "exit");
    this.#server.kill();
    await exit;
  }
}
