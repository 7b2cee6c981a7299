import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { buildExample } from "./build-example.ts";

const EXAMPLES = join(import.meta.dirname, "../../../examples");
/** The programs themselves: what pnpm puts in their place keeps signals to itself. */
const PROGRAMS: Readonly<Record<string, string>> = {
  node: process.execPath,
  bun: "node_modules/bun/bin/bun.exe",
  deno: "node_modules/deno/deno",
};
/** Far more than any of it takes; without it, a broken example would hang its test without a word. */
const LINE_TIMEOUT_MS = 60_000;

/** One JSON line of an example: an outcome, where it listens, or that it has drained. */
export interface Line {
  readonly listening?: { readonly port: number };
  readonly drained?: boolean;
  readonly id?: string;
  readonly type?: string;
  readonly outcome?: string;
  readonly status?: number;
  readonly code?: string;
  readonly secretIndex?: number;
  /** Of an example with several processes. */
  readonly pid?: number;
  /** Of an example that catches up. */
  readonly catchUp?: unknown;
  /** Of a worker's record. */
  readonly action?: string;
}

/** An example, started by a script of its own as a process of its own, on a free port. */
export class ExampleProcess {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;
  readonly #news = new EventEmitter();
  #origin = "";

  /**
   * @param folder below `examples/`
   * @param script of its package.json
   */
  static async start(
    folder: string,
    env: Readonly<Record<string, string>>,
    script: string = "start",
  ): Promise<ExampleProcess> {
    const cwd = join(EXAMPLES, folder);
    const { scripts } = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")) as {
      scripts: Readonly<Record<string, string>>;
    };
    if (scripts.prestart !== undefined) await buildExample(cwd, scripts.build ?? "");
    const [program = "", ...args] = scripts[script]?.split(" ") ?? [];
    const child = spawn(resolve(cwd, PROGRAMS[program] ?? program), args, {
      cwd,
      env: { ...process.env, PORT: "0", ...env },
      // Standard error tells an operator about failures, and tests and demo cause many.
      stdio: ["ignore", "pipe", "ignore"],
    });
    const example = new ExampleProcess(child);
    const { listening } = await example
      .line((line) => line.listening !== undefined)
      .catch((error) => {
        child.kill("SIGKILL");
        throw error;
      });
    example.#origin = `http://127.0.0.1:${listening?.port}`;
    return example;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error("the example has no standard output");
    createInterface(child.stdout).on("line", (text) => {
      this.lines.push(JSON.parse(text) as Line);
      this.#news.emit("news");
    });
    child.once("exit", () => this.#news.emit("news"));
  }

  /** `http://127.0.0.1:<port>` */
  get origin(): string {
    return this.#origin;
  }

  get url(): string {
    return `${this.#origin}/webhooks/mintfax`;
  }

  /** Waits for a line of output, which may have been there already. */
  async line(matches: (line: Line) => boolean): Promise<Line> {
    const signal = AbortSignal.timeout(LINE_TIMEOUT_MS);
    for (;;) {
      const found = this.lines.find(matches);
      if (found !== undefined) return found;
      if (this.#hasEnded)
        throw new Error(`the example ended with ${this.#child.exitCode ?? this.#child.signalCode}`);
      await once(this.#news, "news", { signal });
    }
  }

  /** Ends it as a deployment does. Resolves with the exit code, once everything in flight was finished. */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  /** Ends it in the middle of what it does. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** @returns its exit code; null where a signal ended it */
  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.#hasEnded) {
      // Unlike "exit", it comes after the last line of output.
      const close = once(this.#child, "close");
      this.#child.kill(signal);
      await close;
    }
    return this.#child.exitCode;
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
