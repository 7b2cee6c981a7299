/** One thing that `checkSetup()` or a store's `check()` has looked at. It holds no secret, no payload and no host. */
export interface CheckFinding {
  /** Stable over versions, such as `postgres_table`. `docs/doctor.md` lists all of them. */
  readonly code: string;
  /**
   * What a fault would mean. `error`: deliveries fail, or will. `warning`: they are processed, but an event can be lost or
   * processed twice, or a delivery forged.
   */
  readonly level: "error" | "warning";
  /** `"unknown"`: it could not be found out, and `message` says why. */
  readonly ok: boolean | "unknown";
  /** What was found, for people. */
  readonly message: string;
  /** What to change, where `ok` is not true and that is known. */
  readonly fix?: string;
}

/** What a finding is about, before it is known whether all is well. */
export type CheckSubject = Pick<CheckFinding, "code" | "level">;

/**
 * Makes the finding of a check that found no fault.
 *
 * @example
 * ```ts
 * const finding = passedCheck({ code: "clock", level: "warning" }, "The clocks agree.");
 * ```
 */
export function passedCheck(subject: CheckSubject, message: string): CheckFinding {
  return { ...subject, ok: true, message };
}

/**
 * Makes the finding of a check that found a fault.
 *
 * @param fix what to change
 *
 * @example
 * ```ts
 * const finding = failedCheck({ code: "clock", level: "warning" }, "The clocks differ by 40 s.", "Set the wrong one.");
 * ```
 */
export function failedCheck(subject: CheckSubject, message: string, fix: string): CheckFinding {
  return { ...subject, ok: false, message, fix };
}
