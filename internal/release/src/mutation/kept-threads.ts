import { type PoolOptions, type PoolWorker, ThreadsPoolWorker, type WorkerRequest } from "vitest/node";

type Listener = Parameters<PoolWorker["on"]>[1];

/** A thread keeps something of every run. */
const RUNS_PER_THREAD = 150;

interface Kept {
  readonly thread: ThreadsPoolWorker;
  readonly runs: number;
}

/** By the name of the project that the thread was made for. */
const idle: Partial<Record<string, Kept[]>> = {};

/**
 * A thread that Vitest may end, and that does the next run all the same: a fresh one would have to load Vitest and its
 * like again for each mutant, which takes far longer than the tests. What is loaded through Vite, the sources and the
 * tests, is made new by `setup.ts`.
 */
export class KeptThread implements PoolWorker {
  readonly name: string = KeptThread.name;
  readonly #options: PoolOptions;
  readonly #listeners: [event: string, listener: Listener][] = [];
  #kept: Kept | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#kept = this.#idle.pop();
    if (this.#kept !== undefined) return;
    this.#kept = { thread: new ThreadsPoolWorker(this.#options), runs: 0 };
    await this.#thread.start();
  }

  async stop(): Promise<void> {
    if (this.#kept === undefined) return;
    const { thread, runs } = this.#kept;
    for (const [event, listener] of this.#listeners.splice(0)) thread.off(event, listener);
    if (runs < RUNS_PER_THREAD) this.#idle.push({ thread, runs: runs + 1 });
    else await thread.stop();
  }

  send(message: WorkerRequest): void {
    if (message.type !== "stop") {
      this.#thread.send(message);
      return;
    }
    const stopped = { type: "stopped", __vitest_worker_response__: true };
    for (const [event, listener] of [...this.#listeners]) if (event === "message") listener(stopped);
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
    this.#thread.on(event, listener);
  }

  off(event: string, listener: Listener): void {
    this.#thread.off(event, listener);
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  get #thread(): ThreadsPoolWorker {
    if (this.#kept === undefined) throw new Error("This thread has not been started.");
    return this.#kept.thread;
  }

  get #idle(): Kept[] {
    idle[this.#options.project.name] ??= [];
    return idle[this.#options.project.name] as Kept[];
  }
}
