/** What the page's server and its client say to each other. */
import type { HeaderPairs, Variant } from "../environment/attempts.ts";

export interface EndpointView {
  readonly id: string;
  readonly url: string;
  /** Null for all events. */
  readonly events: readonly string[] | null;
  readonly createdMs: number;
}

export interface FaxView {
  readonly id: string;
  /** Null where its data was deleted. */
  readonly to: string | null;
  readonly status: string;
  readonly errorCode: string | null;
  readonly pages: number | null;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly createdMs: number;
}

export interface AttemptView {
  readonly id: string;
  readonly eventType: string;
  readonly endpointId: string;
  readonly url: string;
  readonly number: number;
  readonly manual: boolean;
  readonly variant: Variant | null;
  readonly status: "pending" | "succeeded" | "failed";
  readonly statusCode: number | null;
  readonly error: string | null;
  readonly startedMs: number;
  readonly durationMs: number | null;
  /** When the schedule makes the next attempt, and since when it waits. */
  readonly wait: { readonly fromMs: number; readonly untilMs: number } | null;
}

/** Whose attempts the page shows. */
export type AboutView =
  | { readonly kind: "sandbox"; readonly apiUrl: string; readonly apiKey: string; readonly timeScale: number }
  | {
      readonly kind: "listen";
      /** Where deliveries come in. */
      readonly url: string;
      /** Where they are passed on to; null where they are answered here. */
      readonly target: string | null;
    };

/** All that there is when the page is opened. */
export interface StateView {
  readonly about: AboutView;
  readonly nowMs: number;
  readonly attemptsKept: number;
  /** Of the sandbox alone. */
  readonly endpoints: readonly EndpointView[];
  /** Of the sandbox alone, the newest first. */
  readonly faxes: readonly FaxView[];
  /** The newest first. */
  readonly attempts: readonly AttemptView[];
}

/** One change, as it happens. */
export type Change =
  | { readonly kind: "attempt"; readonly attempt: AttemptView }
  | { readonly kind: "fax"; readonly fax: FaxView }
  | { readonly kind: "endpoints"; readonly endpoints: readonly EndpointView[] };

/** One attempt in full. */
export interface AttemptDetailsView extends AttemptView {
  readonly eventId: string;
  readonly requestHeaders: HeaderPairs;
  readonly requestBody: string;
  readonly requestBodyBytes: number;
  readonly responseBody: string | null;
  /** Why it was refused, or should have been, from what was sent and the secret; undefined where all is well. */
  readonly reasons: readonly Reason[] | undefined;
  /** What can be sent to the same receiver from here. */
  readonly actions: readonly Action[];
}

/** "Retry now", or a delivery that the receiver has to refuse or has had before. */
export type Action = "retry" | Variant;

/** A cause of a refusal. */
export interface Reason {
  /** What is wrong, in a sentence. */
  readonly what: string;
  /** What shows it. */
  readonly why: string;
  /** What to do; undefined where nothing helps. */
  readonly fix: string | undefined;
}

export const VARIANTS: readonly Variant[] = ["copy", "forged", "stale", "tampered"];
export const ACTIONS: readonly Action[] = ["retry", ...VARIANTS];
