import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isListening } from "test-support/is-listening";
import { SECRET } from "./deliveries.ts";

/** Loads the application that the page takes for granted: `node --import`, `bun --preload`. */
export const ORDERS: string = join(import.meta.dirname, "orders.ts");

/** A reader's server as a process of its own. */
export class AppProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#output += chunk;
      });
    }
  }

  /** Resolves when the program takes connections on the port. Rejects with its output where it ends before. */
  static async start(
    program: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly port: number; readonly env?: NodeJS.ProcessEnv },
  ): Promise<AppProcess> {
    const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
    const env = {
      PATH,
      HOME,
      NODE_COMPILE_CACHE,
      MINTFAX_WEBHOOK_SECRET: SECRET,
      PORT: String(options.port),
      ...options.env,
    };
    const child = spawn(program, args, { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const app = new AppProcess(child);
    while (!(await isListening(options.port))) {
      if (child.exitCode !== null) throw new Error(`it ended before it listened:\n${app.#output}`);
      await sleep(50);
    }
    return app;
  }

  get output(): string {
    return this.#output;
  }

  /** The orders that the handler has marked. */
  get handled(): readonly string[] {
    return [...this.#output.matchAll(/^sent (.*)$/gm)].map(([, order]) => order ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}
