/** Has mintfax send again what its four attempts did not get through, and finds faxes whose last event never came. */
export type { ApiOptions } from "./api/connection.ts";
export { type CatchUp, type CatchUpRunOptions, createCatchUp } from "./catch-up.ts";
export type { CatchUpClock } from "./clock.ts";
export type { MissingFax, OutstandingFax, ZeroFootprintFax } from "./compare/fax.ts";
export type { Outstanding } from "./compare/outstanding.ts";
export { CatchUpError, type CatchUpErrorCode } from "./errors.ts";
export { type OpenFax, type OpenFaxesOptions, openFaxes } from "./open-faxes.ts";
export type { CatchUpOptions } from "./options.ts";
export type { CatchUpEvent, CatchUpNote, CatchUpNoteCode, CatchUpReport, CatchUpState } from "./report.ts";
export type { CatchUpList, CatchUpStep, CatchUpWait } from "./steps.ts";
