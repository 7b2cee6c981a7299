/** What {@link FaxLifeError} can complain about. */
export type FaxLifeErrorCode = "options_contradict" | "option_out_of_bounds" | "no_events";

/** Thrown by {@link faxLife} for a life that mintfax would not send. `code` is stable over versions. */
export class FaxLifeError extends Error {
  readonly code: FaxLifeErrorCode;

  constructor(code: FaxLifeErrorCode, message: string) {
    super(`faxLife: ${message}`);
    this.name = "FaxLifeError";
    this.code = code;
  }
}
