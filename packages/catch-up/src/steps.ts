import type { MissingFax } from "./compare/fax.ts";
import type { CatchUpEvent, CatchUpReport } from "./report.ts";

/** Which of mintfax's lists. */
export type CatchUpList = "failed" | "succeeded" | "faxes";

/** Why a run waits: for the limit of requests, because mintfax asked for it or failed, or for the outcome of deliveries. */
export type CatchUpWait = "rate_limit" | "api" | "outcomes";

/** One step of a run, as {@link CatchUp.steps} gives them. */
export type CatchUpStep =
  /** A page of a list was read. */
  | { readonly type: "read"; readonly list: CatchUpList; readonly entries: number }
  /** It is known which events are to be resent; in a dry run nothing is. */
  | { readonly type: "planned"; readonly toResend: number }
  /** The run waits. */
  | { readonly type: "waiting"; readonly waitMs: number; readonly reason: CatchUpWait }
  /** mintfax took the request to resend an event: the `resent`-th. */
  | { readonly type: "resent"; readonly event: CatchUpEvent; readonly resent: number; readonly of: number }
  /** It is known what became of an event that was resent, or why it could not be. */
  | { readonly type: "settled"; readonly event: CatchUpEvent }
  /** A fax is final at mintfax and outstanding here. */
  | { readonly type: "missing"; readonly fax: MissingFax }
  /** The last step. */
  | { readonly type: "finished"; readonly report: CatchUpReport };

/** Is told each step; the run goes on once it resolves. */
export type Tell = (step: CatchUpStep) => Promise<void>;
