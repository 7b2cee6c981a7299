import type { TriedForms } from "../target/body-forms.ts";
import type { SimulationOptions } from "./simulation.ts";
import type { AnswerCount, LostEvent, Tally } from "./tally.ts";

/** What came of a simulation. This is what `--json` prints. */
export interface Summary {
  readonly to: string;
  /** Plays the same again. */
  readonly seed: number;
  readonly seconds: number;
  /** Whether it was stopped before the end. */
  readonly interrupted: boolean;
  readonly faxes: { readonly asked: number; readonly started: number; readonly done: number };
  readonly events: {
    readonly started: number;
    readonly accepted: number;
    /** Not accepted by any of their attempts. */
    readonly neverAccepted: number;
    /** Neither, since it was interrupted. */
    readonly open: number;
  };
  readonly attempts: number;
  readonly retries: number;
  readonly duplicates: number;
  readonly answers: readonly AnswerCount[];
  /** Accepted by a receiver that has no handler for them. */
  readonly unhandledTypes: readonly string[];
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** The first of them. */
  readonly firstNeverAccepted: readonly LostEvent[];
  /** Null where the way in which bodies are written is not why no event was accepted. */
  readonly bodyForms: TriedForms | null;
  readonly pace: Pace;
}

/** Whether deliveries went out when they should. */
export interface Pace {
  /** Faxes a second. */
  readonly asked: number;
  /** How late deliveries went out at most. */
  readonly latestMs: number;
  /** Who was too slow: the receiver, or this command (and the machine it runs on). */
  readonly limit: "none" | "receiver" | "sender";
}

/** Late by less than this, deliveries are as good as on time. */
const ON_TIME_MS = 1_000;
/** A process whose event loop is busy for so much of its time has no more to give. */
const BUSY = 0.9;

/** What the tally does not know. */
export interface Circumstances {
  readonly seconds: number;
  /** Share of the time for which this process was at work, 0 to 1. */
  readonly busy: number;
  readonly interrupted: boolean;
  readonly forms: TriedForms | undefined;
}

export function summarize(
  { to, seed, faxes, rate }: SimulationOptions,
  tally: Tally,
  { seconds, busy, interrupted, forms }: Circumstances,
): Summary {
  const { eventsStarted, accepted, lost, latestMs, sleptInMs, heldUpMs } = tally;
  return {
    to: to.href,
    seed,
    seconds,
    interrupted,
    faxes: { asked: faxes, started: tally.faxesStarted, done: tally.faxesDone },
    events: { started: eventsStarted, accepted, neverAccepted: lost, open: eventsStarted - accepted - lost },
    attempts: tally.attempts,
    retries: tally.retries,
    duplicates: tally.duplicates,
    answers: tally.answers,
    unhandledTypes: [...tally.unhandledTypes].sort(),
    latencyMs: tally.latencyMs,
    firstNeverAccepted: tally.lostNamed,
    bodyForms: forms ?? null,
    pace: {
      asked: rate,
      latestMs,
      limit: latestMs < ON_TIME_MS ? "none" : busy > BUSY || sleptInMs > heldUpMs ? "sender" : "receiver",
    },
  };
}
