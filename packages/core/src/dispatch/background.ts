import { keepAlive } from "../delivery/keep-alive.ts";
import type { InFlight } from "../in-flight.ts";
import type { IncomingDelivery } from "../incoming.ts";
import { type Ending, endingOf } from "../outcome/ending.ts";
import type { Facts } from "../outcome/facts.ts";
import { callHook } from "../outcome/hooks.ts";
import { lateOutcomeRecord } from "../outcome/record.ts";
import { tellLate } from "../outcome/telemetry.ts";
import type { Settings } from "../settings.ts";

/** The delivery that work belongs to, and the hooks that are told how it ends. */
interface Origin {
  readonly incoming: IncomingDelivery;
  readonly facts: Facts;
  readonly settings: Pick<Settings<unknown, unknown>, "onLateOutcome" | "telemetry">;
}

/** Work that outlives its delivery's answer. It is waited for by `drain()`, and what goes wrong in it is reported. */
export class Background {
  readonly #delivery: Origin;
  readonly #inFlight: InFlight;

  constructor(delivery: Origin, inFlight: InFlight) {
    this.#delivery = delivery;
    this.#inFlight = inFlight;
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
    const { facts, settings } = this.#delivery;
    const record = lateOutcomeRecord(ending, facts);
    callHook(settings.onLateOutcome, record);
    if (settings.telemetry !== undefined) tellLate(settings.telemetry, record);
  }

  #track(work: Promise<void>): void {
    this.#inFlight.enter();
    keepAlive(
      this.#delivery.incoming,
      work.finally(() => this.#inFlight.leave()),
    );
  }
}
