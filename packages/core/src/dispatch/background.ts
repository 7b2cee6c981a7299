import type { IncomingDelivery } from "../delivery/incoming.ts";
import type { InFlight } from "../in-flight.ts";
import { conclude } from "../outcome.ts";
import type { Ending } from "./run.ts";

/** Work that outlives its delivery's answer. It is waited for by `drain()`, and what goes wrong in it is reported. */
export class Background {
  readonly #incoming: IncomingDelivery;
  readonly #inFlight: InFlight;
  readonly #onLate: (ending: Ending) => void;

  constructor(incoming: IncomingDelivery, inFlight: InFlight, onLate: (ending: Ending) => void) {
    this.#incoming = incoming;
    this.#inFlight = inFlight;
    this.#onLate = onLate;
  }

  /** Reports how processing ends after all. */
  report(processing: Promise<Ending>): void {
    this.#track(processing.then(this.#onLate));
  }

  /** A handler's own work; only its failure is worth a report. */
  readonly waitUntil = (promise: PromiseLike<unknown>): void => {
    const failed = (error: unknown) =>
      this.#onLate({
        conclusion: conclude(
          "background_failed",
          "A promise given to context.waitUntil rejected; nothing is retried.",
        ),
        error,
      });
    this.#track(Promise.resolve(promise).then(() => {}, failed));
  };

  #track(work: Promise<void>): void {
    this.#inFlight.enter();
    const tracked = work.finally(() => this.#inFlight.leave());
    this.#incoming.waitUntil?.(tracked);
  }
}
