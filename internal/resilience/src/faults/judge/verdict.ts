import type { DeliveryReport } from "@mintfax-webhooks/testing";
import type { Doings } from "../conductor/doings.ts";
import type { Entry } from "../ledger.ts";

/** All that is known about one row of the table once it is over. */
export interface Evidence {
  readonly reports: readonly DeliveryReport[];
  readonly entries: readonly Entry[];
  readonly doings: Doings;
  /** In same-transaction mode: the ids of the rows that handlers have written and the store committed. */
  readonly rows: readonly string[] | undefined;
}

/** A second effect of an event, or a second run beside one that was still at work. */
export interface Double {
  readonly id: string;
  readonly preventable: boolean;
  /** What the class follows from. */
  readonly because: string;
}

/** What became of the events of a row. */
export interface Verdict {
  readonly runs: number;
  /** With what their attempts were answered. */
  readonly lost: readonly string[];
  readonly doubles: readonly Double[];
  /** Settlements that counted although a newer claim had been granted before they were asked for. */
  readonly staleAccepted: readonly string[];
  readonly staleRefused: number;
  /** Claims whose fence is not above that of the claim before. */
  readonly fenceFaults: readonly string[];
}
