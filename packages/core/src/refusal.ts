import type { RefusalCode } from "./outcome/status.ts";

/** A delivery that is turned away. Returned, not thrown: an exception would be half the cost of refusing a forgery. */
export class Refusal {
  readonly code: RefusalCode;
  /** For the person at mintfax's dashboard. */
  readonly message: string;

  constructor(code: RefusalCode, message: string) {
    this.code = code;
    this.message = message;
  }
}
