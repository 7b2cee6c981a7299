/** What mintfax or Standard Webhooks asks for is `must`; what a careful receiver does beside is `should`. */
export type Level = "must" | "should";

/** `unknown` where the behaviour cannot be seen from outside without `runsUrl`. */
export type Verdict = "pass" | "fail" | "unknown";

/** One behaviour of a receiver, and whether it has it. */
export interface CheckResult {
  /** Stable over versions, such as `forged.body_changed`. */
  readonly id: string;
  readonly group: string;
  /** The behaviour, as a sentence about the receiver. */
  readonly title: string;
  readonly level: Level;
  readonly verdict: Verdict;
  readonly expected: string;
  /** What came instead, or beside it: statuses and times, never the body of an answer. */
  readonly got: string;
  /** Why it matters. */
  readonly why: string;
}
