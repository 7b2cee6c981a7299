import type { FaxErrorCode } from "@mintfax-webhooks/core";

/** How a fax may end. */
export type FaxOutcome = "delivered" | "failed";

/** The scenario of a number in mintfax's sandbox. */
export interface Scenario {
  readonly outcome: FaxOutcome;
  /** How many attempts there are: one, `max_attempts`, or two or more. */
  readonly attempts: "one" | "all" | "from two on";
  /** Of the attempts that fail, where the scenario says so. */
  readonly errorCode?: FaxErrorCode;
  readonly pages?: number;
}

/** The numbers whose fax is delivered. */
export type DeliveredNumber = "+15005550001" | "+15005550004" | "+15005550007";
/** The numbers whose fax fails. */
export type FailedNumber = "+15005550002" | "+15005550003" | "+15005550005" | "+15005550008";
/** A number for which mintfax's sandbox plays a scenario with events. */
export type SandboxNumber = DeliveredNumber | FailedNumber;

// mintfax, sandbox-scenarios, May 2026.
const SCENARIOS: { readonly [Number in SandboxNumber]: Scenario } = {
  "+15005550001": { outcome: "delivered", attempts: "one", pages: 1 },
  "+15005550002": { outcome: "failed", attempts: "all", errorCode: "busy" },
  "+15005550003": { outcome: "failed", attempts: "all", errorCode: "no_answer" },
  "+15005550004": { outcome: "delivered", attempts: "from two on" },
  "+15005550005": { outcome: "failed", attempts: "all", errorCode: "line_quality" },
  "+15005550007": { outcome: "delivered", attempts: "one", pages: 3 },
  "+15005550008": { outcome: "failed", attempts: "one", errorCode: "invalid_number" },
};

/** The API refuses a fax to these numbers, with 402 and 422, so there are no events. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["+15005550006", "402, insufficient balance"],
  ["+15005550099", "422, validation failure"],
]);

/** A number outside the sandbox, from mintfax's samples. */
export const ORDINARY_NUMBER = "+12125551234";

export function scenarioOf(to: string | null | undefined): Scenario | undefined {
  return Object.entries(SCENARIOS).find(([number]) => number === to)?.[1];
}

/** How the API refuses a fax to this number; undefined where it does not. */
export function refusalOf(to: string | null | undefined): string | undefined {
  return REFUSED.get(to ?? "");
}

/** A number whose fax fails with this code in the sandbox too, where there is one. */
export function numberFailingWith(code: FaxErrorCode): string {
  const wanted = code.toLowerCase();
  return Object.entries(SCENARIOS).find(([, { errorCode }]) => errorCode === wanted)?.[0] ?? ORDINARY_NUMBER;
}
