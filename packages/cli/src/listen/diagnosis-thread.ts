import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { CapturedRequest, Diagnosis } from "@mintfax-webhooks/diagnose";

/** A refused request, and what is needed to diagnose it. */
export interface Question {
  readonly request: CapturedRequest;
  readonly secrets: readonly string[];
  readonly at: Date;
}

/** The diagnosis, or why there is none. */
export type Diagnosed = { readonly diagnosis: Diagnosis } | { readonly undiagnosed: string };

/** A hundred times as long as a genuine delivery takes. */
const LIMIT_MS = 5_000;
const MEMORY_MB = 256;
/** More at once are a flood. */
const MOST_WAITING = 8;

/**
 * Diagnoses requests one after the other, on a thread of its own: a stranger's request may take long or crash the thread,
 * and deliveries must be answered meanwhile.
 */
export class DiagnosisThread {
  readonly #limitMs: number;
  readonly #closing = new AbortController();
  #worker: Worker | undefined;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param limitMs for one request */
  constructor(limitMs: number = LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** Never rejects. */
  async diagnose(question: Question): Promise<Diagnosed> {
    if (this.#waiting === MOST_WAITING)
      return { undiagnosed: `${MOST_WAITING} refused deliveries were waiting already` };
    this.#waiting += 1;
    const diagnosed = this.#last.then(() => this.#ask(question));
    this.#last = diagnosed;
    try {
      return await diagnosed;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #ask(question: Question): Promise<Diagnosed> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.#limitMs), this.#closing.signal]);
    this.#worker ??= startWorker();
    try {
      const answer = once(this.#worker, "message", { signal });
      this.#worker.postMessage(question);
      const [diagnosis] = (await answer) as [Diagnosis];
      return { diagnosis };
    } catch (error) {
      this.#end();
      if (this.#closing.signal.aborted) return { undiagnosed: "the listener was stopped" };
      const { name, code = name } = error as NodeJS.ErrnoException;
      const why = signal.aborted
        ? `the diagnosis took longer than ${this.#limitMs / 1000} s`
        : `the diagnosis failed (${code})`;
      return { undiagnosed: why };
    }
  }

  /** Gives up on the diagnosis under way. */
  close(): void {
    this.#closing.abort();
    this.#end();
  }

  #end(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function startWorker(): Worker {
  const worker = new Worker(new URL(import.meta.resolve("#diagnosis-worker")), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  // A thread that crashes is replaced. Without this listener, its error would end the process.
  return worker.on("error", () => {});
}
