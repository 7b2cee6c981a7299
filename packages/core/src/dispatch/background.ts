import { keepAlive } from "../delivery/keep-alive.ts";
import type { InFlight } from "../in-flight.ts";
import type { IncomingDelivery } from "../incoming.ts";
import { type Ending, endingOf } from "../outcome/ending.ts";
import type { Facts } from "../outcome/facts.ts";
import { callHook } from "../outcome/hooks.ts";
import { type LateOutcomeHook, lateOutcomeRecord } from "../outcome/record.ts";
import { type Telemetry, tellLate } from "../outcome/telemetry.ts";

/** Who is told of what ends after its answer. */
interface Listeners {
  readonly onLateOutcome: LateOutcomeHook;
  readonly telemetry: Telemetry | undefined;
}

/** Work that outlives its delivery's answer. It is waited for by `drain()`, and what goes wrong in it is reported. */
export class Background {
  readonly #incoming: IncomingDelivery;
  readonly #inFlight: InFlight;
  readonly #listeners: Listeners;
  readonly #facts: Facts;

  constructor(incoming: IncomingDelivery, inFlight: InFlight, listeners: Listeners, facts: Facts) {
    this.#incoming = incoming;
    this.#inFlight = inFlight;
    this.#listeners = listeners;
    this.#facts = facts;
  }

  /** Reports how processing ends after all. */
  report(processing: Promise<Ending>): void {
    this.#track(processing.then((ending) => this.#tell(ending)));
  }

  /** A handler's own work; only its failure is worth a report. */
  readonly waitUntil = (promise: PromiseLike<unknown>): void => {
    const failed = (error: unknown) =>
      this.#tell(
        endingOf(
          "background_failed",
          "A promise given to context.waitUntil rejected; nothing is retried.",
          error,
        ),
      );
    this.#track(Promise.resolve(promise).then(() => {}, failed));
  };

  #tell(ending: Ending): void {
    const record = lateOutcomeRecord(ending, this.#facts);
    const { onLateOutcome, telemetry } = this.#listeners;
    callHook(onLateOutcome, record);
    if (telemetry !== undefined) tellLate(telemetry, record);
  }

  #track(work: Promise<void>): void {
    this.#inFlight.enter();
    keepAlive(
      this.#incoming,
      work.finally(() => this.#inFlight.leave()),
    );
  }
}
