/** What a call is refused with, in mintfax's envelope (errors, May 2026). */
export class Problem extends Error {
  readonly status: 400 | 401 | 402 | 403 | 404 | 409 | 413 | 422 | 429 | 500;
  /** A name for programs. Those beside the names in the contract's section 14 are inferred. */
  readonly error: string;
  readonly action: string;
  readonly context: Readonly<Record<string, unknown>> | undefined;

  constructor(
    status: Problem["status"],
    error: string,
    message: string,
    action: string,
    context?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this.status = status;
    this.error = error;
    this.action = action;
    this.context = context;
  }
}

/** By the name of the member: what is wrong with it. */
export type Faults = Record<string, string[]>;

/** @throws {Problem} where there are faults */
export function refuseIfAny(faults: Faults): void {
  if (Object.keys(faults).length === 0) return;
  throw new Problem(
    422,
    "validation_failed",
    `The request has ${Object.keys(faults).length} invalid member(s): ${Object.keys(faults).join(", ")}.`,
    "fix_request",
    { errors: faults },
  );
}

export function notFound(what: string): Problem {
  return new Problem(404, "not_found", `There is no such ${what} in this environment.`, "check_id");
}
