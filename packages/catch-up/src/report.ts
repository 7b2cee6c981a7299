import type { MissingFax } from "./compare/fax.ts";

/** Where an event stands at the end of a run. Each event of a report is in exactly one of these states. */
export type CatchUpState =
  /** A delivery of it succeeded before this run did anything. */
  | "alreadyThrough"
  /** mintfax's own schedule may still try it: its newest attempt is younger than 20 minutes, and it has had fewer than four. */
  | "leftToSchedule"
  /** It was resent before, and the wait until the next try is not over. */
  | "waiting"
  /** It would have been resent: this is a dry run, or the run ended early. */
  | "toResend"
  /** This run had it resent, and a delivery of it succeeded. */
  | "repaired"
  /** This run had it resent, and its delivery failed again. */
  | "stillFailing"
  /** It has been resent `maxTries` times. */
  | "givenUp"
  /** This run had it resent, and mintfax listed no outcome in time. */
  | "unconfirmed"
  /** mintfax refused to resend it; `reason` has its word for it. */
  | "refused"
  /** It was not tried in this run; `reason` says why. */
  | "postponed";

/** An event of which mintfax lists a failed attempt. */
export interface CatchUpEvent {
  readonly eventId: string;
  /** Undefined where mintfax's list does not name it. Its reference has no such member. */
  readonly eventType: string | undefined;
  /** Of the newest failed attempt, the one that is retried. */
  readonly attemptId: string;
  /** How many attempts mintfax has made, as far as they are known. */
  readonly attempts: number;
  /** When the newest failed attempt failed, in ISO 8601; undefined where mintfax did not say. */
  readonly failedAt: string | undefined;
  /** What the receiver answered to it; null where it gave no answer. */
  readonly statusCode: number | null;
  readonly state: CatchUpState;
  /** For programs and people: such as `attempt_gone`, `endpoint_failing`. */
  readonly reason: string | undefined;
}

/** What was odd, in words. */
export interface CatchUpNote {
  /** Stable over versions. */
  readonly code: CatchUpNoteCode;
  readonly message: string;
  /** How often. */
  readonly count: number;
}

/** The codes of a {@link CatchUpNote}. */
export type CatchUpNoteCode =
  | "attempt_not_understood"
  | "fax_not_understood"
  | "outstanding_not_understood"
  | "time_missing"
  | "other_endpoint"
  | "paging_missing"
  | "per_page_refused"
  | "page_repeated"
  | "page_limit"
  | "order_unexpected"
  | "answer_cached"
  | "clock_differs"
  | "no_attempts"
  | "outstanding_limit"
  | "details_cut";

/** What a run found and did. */
export interface CatchUpReport {
  /** Nothing was resent, and `onMissing` was not called. */
  readonly dryRun: boolean;
  /** From when on, in ISO 8601. */
  readonly since: string;
  /** When the run began, in ISO 8601. */
  readonly until: string;
  /** Whether all lists were read as far as they were needed. Otherwise `notes` says what was not. */
  readonly complete: boolean;
  /** How many requests were sent to mintfax, those included that failed. */
  readonly requests: number;
  /** Failed attempts within the time that mintfax lists. */
  readonly attemptsRead: number;
  /** How many requests to resend an event mintfax took. */
  readonly resent: number;
  /** Events that are not known to have got through; those that mintfax's schedule may still try are not among them. */
  readonly owed: number;
  /** The first failed attempt of the event that has been owed for the longest, in ISO 8601; null where none is owed. */
  readonly oldestOwedAt: string | null;
  /** How many events are in each state. */
  readonly events: Readonly<Record<CatchUpState, number>> & { readonly total: number };
  /** None of the first five events got through: the run went no further, so that no event's tries are used up in an outage. */
  readonly endpointFailing: boolean;
  readonly faxes: {
    /** Outstanding here and asked for at mintfax. */
    readonly compared: number;
    /** Final at mintfax and outstanding here. */
    readonly missing: number;
    /** Final at mintfax for less than 20 minutes, so that its event may be under way. */
    readonly leftToSchedule: number;
    /** Not final at mintfax either. */
    readonly open: number;
    /** mintfax does not know them: deleted, or of another environment. */
    readonly unknown: number;
  };
  /** At most 1,000 events, owed ones first. Those that had got through before are left out. */
  readonly details: readonly CatchUpEvent[];
  /** At most 1,000 faxes. */
  readonly missing: readonly MissingFax[];
  /** Entries of mintfax's lists, and of `outstanding`, that could not be read. */
  readonly notUnderstood: number;
  readonly notes: readonly CatchUpNote[];
}
