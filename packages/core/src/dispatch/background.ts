import type { InFlight } from "../in-flight.ts";
import { type Ending, endingOf } from "../outcome/ending.ts";
import { callHook } from "../outcome/hooks.ts";
import { lateOutcomeRecord } from "../outcome/record.ts";
import { tellLate } from "../outcome/telemetry.ts";
import type { Task } from "./task.ts";

/** The task that work belongs to, and the hooks that are told how it ends. */
type Origin = Omit<Task<never>, "settings"> & {
  readonly settings: Pick<Task<never>["settings"], "onLateOutcome" | "telemetry">;
};

/** Work that outlives the answer to its task. It is waited for by `drain()`, and what goes wrong in it is reported. */
export class Background {
  readonly #task: Origin;
  readonly #inFlight: InFlight;

  constructor(task: Origin, inFlight: InFlight) {
    this.#task = task;
    this.#inFlight = inFlight;
  }

  /** Reports how processing ends after all. */
  report(processing: Promise<Ending>): void {
    this.track(processing.then((ending) => this.tell(ending)));
  }

  /** A handler's own work; only its failure is worth a report. */
  readonly waitUntil = (promise: PromiseLike<unknown>): void => {
    const failed = (error: unknown) =>
      this.tell(
        endingOf(
          "background_failed",
          "A promise given to context.waitUntil rejected; nothing is retried.",
          error,
        ),
      );
    // Not `Promise.resolve(promise)`: that leaves a promise as it is, and it may have a `then` of its own that throws.
    this.track(new Promise((resolve) => resolve(promise)).then(() => {}, failed));
  };

  /** Tells the hooks of what ended after the answer, in the asynchronous context that it is called in. */
  tell(ending: Ending): void {
    const { settings } = this.#task;
    const record = lateOutcomeRecord(ending, this.#task);
    callHook(settings.onLateOutcome, record);
    if (settings.telemetry !== undefined) tellLate(settings.telemetry, record);
  }

  /** Has `drain()` and the platform wait for it. @param work never rejects */
  track(work: Promise<void>): void {
    this.#inFlight.enter();
    this.#task.keepAlive(work.finally(() => this.#inFlight.leave()));
  }
}
