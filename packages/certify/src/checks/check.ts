import type { Probe } from "../probe.ts";
import type { CheckResult, Verdict } from "../result.ts";

/** What a check has found out. */
export interface Found {
  readonly verdict: Verdict;
  readonly got: string;
}

/** A behaviour, and how it is tried. */
export interface Check extends Omit<CheckResult, "verdict" | "got"> {
  /** @throws nothing that a receiver could cause */
  run(probe: Probe): Promise<Found>;
}

export function found(isRight: boolean, got: string): Found {
  return { verdict: isRight ? "pass" : "fail", got };
}

/** Where the handler's runs cannot be seen. */
export const NOT_SEEN: Found = {
  verdict: "unknown",
  got: "cannot be seen from outside",
};
