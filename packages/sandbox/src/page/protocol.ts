/** What the page's server and its client say to each other. */
import type { Variant } from "../environment/attempts.ts";

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

/** All that there is when the page is opened. */
export interface StateView {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly timeScale: number;
  readonly nowMs: number;
  readonly attemptsKept: number;
  readonly endpoints: readonly EndpointView[];
  /** The newest first. */
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
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly responseBody: string | null;
  /** Why it was refused, from what was sent and the secret; undefined where it was not refused. */
  readonly reasons: readonly Reason[] | undefined;
}

export interface Reason {
  readonly what: string;
  readonly why: string;
  readonly fix: string | undefined;
}

export const VARIANTS: readonly Variant[] = ["copy", "forged", "stale", "tampered"];
